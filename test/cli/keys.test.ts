import { mkdirSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { encode } from "../../src/messages/codec.ts";
import { readKnownKeys } from "../../src/runtime/known-keys.ts";
import { type SimulatedVlm, startSimulatedVlm } from "../../src/simulator/vlm/server.ts";
import { aTask } from "../runtime/scheduler/jobs.ts";
import { openContext, testConfig } from "../support/context.ts";
import { runTmon, startTmon } from "../support/tmon.ts";
import { temporaryDirectory } from "../support/tmp.ts";
import { until } from "../support/until.ts";

const dataDir = join(temporaryDirectory(), "data");
const configDir = join(temporaryDirectory(), "config");
const settings = ["--data-dir", dataDir, "--config-dir", configDir];
const keys = (...args: string[]) => runTmon(["keys", ...args, ...settings]);

interface Key {
  id: string;
  state: string | null;
  reason: string | null;
  calls: number;
  inFlight: number;
}

async function list(): Promise<Map<string, Key>> {
  const { stdout } = await keys("list", "-o", "json");
  return new Map((JSON.parse(stdout) as { keys: Key[] }).keys.map((key) => [key.id, key]));
}

describe("tmon keys", () => {
  let provider: SimulatedVlm;
  let site: Awaited<ReturnType<typeof openContext>>;
  const ask = (count: number) =>
    site.context.bus.produce(
      Array.from({ length: count }, (_, index) => {
        const camera = `cam-${index}`;
        return { topic: "assessment-tasks", key: camera, value: encode(aTask({ camera })) };
      }),
    );

  /** What schedulers told of a key last: waiting for it takes no process a look. */
  async function told(id: string) {
    const { keys: known } = await readKnownKeys({ keys: [] }, site.context.store);
    return known.find((key) => key.id === id);
  }

  /** As an editor does: under another name, then in place. */
  function writeKeys(...ids: string[]): void {
    const api_keys = ids.map((id) => ({ key_id: id, key: `sk-secret-${id}`, base_url: provider.url }));
    writeFileSync(join(configDir, "new.yaml"), JSON.stringify({ api_keys }));
    renameSync(join(configDir, "new.yaml"), join(configDir, "api_keys.yaml"));
  }

  beforeAll(async () => {
    provider = await startSimulatedVlm({ latencyMs: 300 });
    mkdirSync(configDir);
    const api_keys = ["one", "two"].map((id) => ({
      key_id: id,
      key: `sk-secret-${id}`,
      base_url: provider.url,
    }));
    writeFileSync(join(configDir, "api_keys.yaml"), JSON.stringify({ api_keys }));
    site = await openContext(testConfig(dataDir));
  });
  afterAll(async () => {
    await site?.close();
    await provider?.close();
  });

  it("list shows what is configured while no scheduler runs, and never a key's value", async () => {
    const { exitCode, stdout, stderr } = await keys("list");
    expect(exitCode, stderr).toBe(0);
    expect(stdout).toMatch(/^one +- +qwen3-vl-plus +- /m);
    expect(stderr).toContain("no scheduler runs");
    expect(stdout + stderr).not.toContain("sk-secret");
  });

  it("disable takes a key out of use, of a scheduler that starts later too; enable puts it back", async () => {
    expect((await keys("disable", "one")).exitCode).toBe(0);
    expect((await list()).get("one")).toMatchObject({ state: "disabled", reason: "disabled by tmon keys" });
    const scheduler = startTmon(["run", "scheduler", "--port", "0", ...settings]);
    await scheduler.says("scheduler runs");
    await ask(6);
    await until(async () => (await told("two"))?.calls === 6, { what: "six calls of key two" });
    const listed = await list();
    expect(listed.get("two")).toMatchObject({ calls: 6 });
    expect(listed.get("one")).toMatchObject({ state: "disabled", calls: 0 });

    expect((await keys("enable", "one")).exitCode).toBe(0);
    await until(async () => (await told("one"))?.state === "healthy");
    expect((await list()).get("one")).toMatchObject({ state: "healthy" });
    await ask(6);
    await until(async () => ((await told("one"))?.calls ?? 0) > 0, { what: "calls of key one" });
    expect((await list()).get("one")?.calls).toBeGreaterThan(0);

    const drained = await keys("drain", "two");
    expect(drained.stderr).toContain("two takes no new calls");
    expect((await list()).get("two")).toMatchObject({ state: "disabled", inFlight: 0 });
    scheduler.kill("SIGTERM");
    expect((await scheduler.ended).exitCode).toBe(0);
  });

  it("ends with 1 for a key that is not there, and names those that are", async () => {
    const { exitCode, stderr } = await keys("disable", "three");
    expect(exitCode).toBe(1);
    expect(stderr).toContain("there is no key three; there are one, two");
  });

  it("of a changed file are taken over while calls are open; of a broken one they stay as they are", async () => {
    await keys("enable", "two");
    writeKeys("two");
    const scheduler = startTmon(["run", "scheduler", "--port", "0", ...settings]);
    await scheduler.says("scheduler runs");
    const answered = () => provider.stats().answers["200"] ?? 0;
    const before = answered();
    await ask(20);
    await until(() => provider.stats().inFlight > 0);
    writeKeys("three");
    scheduler.kill("SIGHUP");
    await scheduler.says("the API keys were read anew");
    await until(() => answered() === before + 20);
    await until(async () => (await told("three"))?.state === "healthy");
    expect((await list()).get("three")).toMatchObject({ state: "healthy" });

    writeFileSync(join(configDir, "api_keys.yaml"), "api_keys: [{ kee: sk-secret-four }]");
    await scheduler.says("the API keys stay as they are");
    await ask(3);
    await until(() => answered() === before + 23);
    scheduler.kill("SIGTERM");
    expect((await scheduler.ended).exitCode).toBe(0);
    expect(scheduler.stderr()).not.toContain("sk-secret");
  });
});
