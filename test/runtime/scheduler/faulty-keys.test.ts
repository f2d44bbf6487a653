import { expect, onTestFinished, test } from "vitest";
import { Secret } from "../../../src/config/secret.ts";
import { startSimulatedVlm } from "../../../src/simulator/vlm/server.ts";
import { until } from "../../support/until.ts";
import { aKey, openProcess, schedulerConfig } from "./harness.ts";
import { aTask } from "./jobs.ts";

const ids = Array.from({ length: 10 }, (_, index) => `${index}`);
const keyOf = (id: string) => new Secret(`sk-0000000000000-key${id}`);
const timeoutMs = 6_000;
const faultsOf = [
  [{ fault: "invalid_api_key" as const }],
  [{ fault: "hang" as const }],
  [{ fault: "internal_error" as const, share: 0.3 }],
];

test("of ten keys one answers 401, one hangs and one fails at 30 %: these are left, and every task is assessed", async () => {
  const keys = ids.map((id, index) => ({ key: keyOf(id).reveal(), faults: faultsOf[index] ?? [] }));
  const provider = await startSimulatedVlm({ latencyMs: 20, keys });
  onTestFinished(() => provider.close());
  const config = schedulerConfig({
    keys: ids.map((id) => aKey(id, provider.url, { key: keyOf(id) })),
    scheduler: { strategy: "round_robin", timeoutMs, maxAgeMs: 120_000 },
  });
  const { start, produce, results, resultsOf } = await openProcess(config);
  await start();
  const requestsOf = (id: string) =>
    provider.stats().keys.find(({ key }) => key === keyOf(id).masked())?.requests ?? 0;
  let made = 0;
  /** So many tasks, all done but those that hang. */
  const round = async (count: number) => {
    await produce(...Array.from({ length: count }, () => aTask({ camera: `cam-${made++ % 7}` })));
    await until(async () => (await results()).length >= made - requestsOf("1"), {
      what: "a round's results",
    });
  };

  await round(40);
  const rejected = requestsOf("0");
  expect(rejected).toBeGreaterThan(0);
  await until(async () => {
    const hanging = requestsOf("1");
    await round(10);
    return requestsOf("1") === hanging;
  });
  const since = performance.now();
  const hanging = requestsOf("1");
  for (let more = 0; more < 6; more++) await round(10);

  const all = await resultsOf(made);
  expect([...all.values()].filter(({ status }) => status !== "assessed")).toEqual([]);
  expect(requestsOf("0")).toBe(rejected);
  // Once its calls have timed out it is tried again, by one call at a time.
  const tries = 1 + Math.floor((performance.now() - since) / timeoutMs);
  expect(requestsOf("1")).toBeLessThanOrEqual(hanging + tries);
}, 120_000);
