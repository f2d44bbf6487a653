import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { expect, test } from "vitest";
import { encode } from "../../src/messages/codec.ts";
import type { SimulatedVlmStats } from "../../src/simulator/vlm/server.ts";
import { messagesIn } from "../runtime/scheduler/harness.ts";
import { aTask } from "../runtime/scheduler/jobs.ts";
import { stopped } from "../support/bus-log.ts";
import { openContext, testConfig } from "../support/context.ts";
import { outcomeOf } from "../support/outcome.ts";
import { openCallsAtKill, repeatedCalls } from "../support/repeated-calls.ts";
import { startTmon } from "../support/tmon.ts";
import { temporaryDirectory } from "../support/tmp.ts";
import { until } from "../support/until.ts";

const rpm = 240;
const perSecond = 20;

test("the scheduler killed under load, twice: nothing lost, no window exceeded, only what was open is asked again", async () => {
  const directory = temporaryDirectory();
  const provider = startTmon(["sim", "vlm", "--port", "0", "--latency", "lognormal:700ms,0.3"]);
  const base = /http:\S+\/v1/.exec(await provider.says(/http:\S+/))![0];
  const stats = async () => (await (await fetch(new URL("/stats", base))).json()) as SimulatedVlmStats;
  const keys = ["one", "two"].map((id) => ({ key: `sk-test-${id}-0000`, key_id: id, rpm_limit: rpm }));
  mkdirSync(join(directory, "config"));
  writeFileSync(join(directory, "config", "api_keys.yaml"), JSON.stringify({ api_keys: keys }));
  writeFileSync(join(directory, "config", "tmon.yaml"), JSON.stringify({ vlm: { base_url: base } }));
  const env = { TMON_CONFIG_DIR: join(directory, "config"), TMON_DATA_DIR: directory };
  const start = () => startTmon(["run", "scheduler", "--port", "0"], env);

  const { context, close } = await openContext(testConfig(directory));
  /** Results that no commit has followed: their tasks are done again by the next scheduler. */
  const uncommitted = async () => {
    const group = await context.bus.describeGroup(context.config.groups.scheduler, ["assessment-tasks"]);
    const acknowledged = group.reduce((sum, { end, lag }) => sum + end - lag, 0);
    const ended = (await messagesIn(context, "risk-assessment-results")).map(
      ({ value }) => JSON.parse(`${value}`).taskId,
    );
    return new Set(ended).size - acknowledged;
  };
  const ending = new AbortController();
  const loading = (async () => {
    for (let number = 0; !ending.signal.aborted; number++) {
      const task = aTask({ camera: `cam-${number % 20}` });
      await context.bus.produce([{ topic: "assessment-tasks", key: task.cameraId, value: encode(task) }]);
      await delay(1_000 / perSecond);
    }
  })();
  let open = 0;
  let results = 0;
  let running = start();
  for (let turn = 0; turn < 2; turn++) {
    const { requests } = await stats();
    await until(async () => (await stats()).requests > requests + 20, { timeoutMs: 60_000, what: "calls" });
    const kill = async () => {
      running.kill("SIGKILL");
      await running.ended;
    };
    const [, url] = /runs: (http:\S+)/.exec(running.stderr())!;
    open += await openCallsAtKill(url!, kill, async () => (await stats()).requests);
    results += await uncommitted();
    running = start();
  }
  const { requests } = await stats();
  await until(async () => (await stats()).requests > requests + 20, {
    timeoutMs: 60_000,
    what: "calls after the kills",
  });
  ending.abort();
  await loading;
  await close();

  const outcome = await outcomeOf(directory, env);
  const { requests: asked, keys: counts } = await stats();
  expect(outcome.lost).toBe(0);
  expect(outcome.repeats).toBeLessThanOrEqual(results);
  const { callsRepeated } = repeatedCalls(asked, outcome.results.values(), [], []);
  expect(callsRepeated).toBeLessThanOrEqual(open + results);
  for (const { worstMinute } of counts) expect(worstMinute).toBeLessThanOrEqual(rpm);
  expect(await stopped(running, provider)).toEqual([0, 0]);
}, 180_000);
