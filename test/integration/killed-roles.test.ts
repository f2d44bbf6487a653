import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pino } from "pino";
import { describe, expect, it } from "vitest";
import { openEmbeddedStore } from "../../src/store/embedded/store.ts";
import { type LoggedMessage, messagesOf, openTasks, stopped } from "../support/bus-log.ts";
import { lacks } from "../support/machine.ts";
import { sharedFile } from "../support/shared.ts";
import { type RunningTmon, startTmon } from "../support/tmon.ts";
import { temporaryDirectory } from "../support/tmp.ts";
import { until } from "../support/until.ts";

const directory = temporaryDirectory();
const data = join(directory, "data");
const config = join(directory, "config");
const qpsLimit = 4;
const rpmLimit = 60;

/** Each role as a process of its own, on one data directory. */
const roles = {
  detector: () => {
    const cameras = ["a", "b", "c", "d"].flatMap((id) => [
      "--camera",
      `${id}=file:${sharedFile("videos/road.mp4")}?loop=1`,
    ]);
    return start(
      "detector",
      ...cameras,
      "--interval",
      "500ms",
      "--model",
      sharedFile("models/yolox_nano.onnx"),
    );
  },
  generator: () => start("generator"),
  scheduler: () => start("scheduler"),
  aggregator: () => start("aggregator"),
};

function start(role: string, ...args: string[]): RunningTmon {
  return startTmon(["run", role, "--data-dir", data, "--config-dir", config, "--port", "0", ...args]);
}

/** A provider of its own, and two keys for it with limits of their own. */
async function startProvider(): Promise<{ base: string; process: RunningTmon }> {
  const provider = startTmon(["sim", "vlm", "--port", "0", "--latency", "300ms"]);
  const said = await provider.says(/http:\S+/);
  const base = /http:\/\/\S+?\/compatible-mode\/v1/.exec(said)?.[0] as string;
  mkdirSync(config, { recursive: true });
  const keys = ["one", "two"].map((id) => ({
    key: `sk-test-${id}-0000`,
    key_id: id,
    qps_limit: qpsLimit,
    rpm_limit: rpmLimit,
  }));
  writeFileSync(join(config, "api_keys.yaml"), JSON.stringify({ api_keys: keys }));
  writeFileSync(join(config, "tmon.yaml"), JSON.stringify({ vlm: { base_url: base } }));
  return { base, process: provider };
}

/** What a screen is shown as new, from now on. */
async function watchScreens(dataDir: string) {
  const store = await openEmbeddedStore({ dataDir, log: pino({ level: "silent" }) });
  const shown: string[] = [];
  await store.subscribe("camera:*", (_, push) => shown.push(...JSON.parse(push).newTaskIds));
  return { shown, close: () => store.close() };
}

/** When the calls of each key went out, epoch ms. */
function sentAtByKey(results: readonly LoggedMessage[]): number[][] {
  const sentAt = new Map<string, number[]>();
  for (const { value } of results) {
    const { apiKeyId } = value.metadata as { apiKeyId?: string };
    const { dispatchedAt } = value.trace as { dispatchedAt?: number };
    if (apiKeyId === undefined || dispatchedAt === undefined) continue;
    sentAt.set(apiKeyId, [...(sentAt.get(apiKeyId) ?? []), dispatchedAt]);
  }
  return [...sentAt.values()];
}

/** Most of the times within any one second. */
function worstSecond(times: readonly number[]): number {
  return Math.max(...times.map((from) => times.filter((at) => at >= from && at < from + 1000).length));
}

describe.skipIf(lacks("ffmpeg", "video", "model"))("roles as processes of their own", () => {
  it("each killed in turn under load and started again: one final result a task, no window exceeded, no repeat shown", async () => {
    const provider = await startProvider();
    const screen = await watchScreens(data);
    const running = {
      aggregator: roles.aggregator(),
      scheduler: roles.scheduler(),
      generator: roles.generator(),
      detector: roles.detector(),
    };
    const results = async () => (await messagesOf("risk-assessment-results", data)).length;
    await until(async () => (await results()) > 3, { what: "first results" });

    for (const role of ["scheduler", "generator", "aggregator", "detector"] as const) {
      running[role].kill("SIGKILL");
      await running[role].ended;
      running[role] = roles[role]();
      await running[role].says(" runs: ");
      const before = await results();
      await until(async () => (await results()) > before + 3, {
        what: `results after the ${role}'s restart`,
      });
    }

    expect(await stopped(running.detector)).toEqual([0]);
    await until(async () => (await openTasks(data)).length === 0, {
      what: "every task to end",
    });
    const assessed = async () => {
      const results = await messagesOf("risk-assessment-results", data);
      const taskIds = results
        .filter(({ value }) => value.status === "assessed")
        .map(({ value }) => value.taskId);
      return [...new Set(taskIds)].toSorted();
    };
    const verdicts = await assessed();
    await until(() => screen.shown.length >= verdicts.length, { what: "every verdict to be shown" });
    expect(screen.shown.toSorted()).toEqual(verdicts);
    expect(await stopped(running.generator, running.scheduler, running.aggregator)).toEqual([0, 0, 0]);
    expect(await assessed()).toEqual(verdicts);
    await screen.close();

    const tasks = new Set((await messagesOf("assessment-tasks", data)).map(({ value }) => value.taskId));
    const groups = (await messagesOf("detection-results", data)).flatMap(({ value }) =>
      (value.trafficGroups as { groupIndex: number }[]).map(
        ({ groupIndex }) => `${value.messageId}_group${groupIndex}`,
      ),
    );
    const final = await messagesOf("risk-assessment-results", data);
    const ended = new Set(final.map(({ value }) => value.taskId));
    expect(tasks).toEqual(new Set(groups));
    expect(ended).toEqual(tasks);
    expect(await messagesOf("dead-letters", data)).toEqual([]);

    // A minute is long beside what a busy machine adds on the way, so the provider's own count tells. A second is
    // not: there, the moments of sending do.
    const stats = (await (await fetch(new URL("/stats", provider.base))).json()) as {
      keys: Record<string, { worstMinute: number }>;
    };
    for (const key of Object.values(stats.keys)) expect(key.worstMinute).toBeLessThanOrEqual(rpmLimit);
    for (const sent of sentAtByKey(final)) expect(worstSecond(sent)).toBeLessThanOrEqual(qpsLimit);
    expect(await stopped(provider.process)).toEqual([0]);
  }, 300_000);
});
