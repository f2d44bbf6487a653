import { readFileSync } from "node:fs";
import { pino } from "pino";
import { expect, test } from "vitest";
import { createMetrics } from "../../src/observability/metrics.ts";
import { createKeyPool } from "../../src/runtime/scheduler/keys/pool.ts";
import { createQuota } from "../../src/runtime/scheduler/keys/quota.ts";
import { createMeters } from "../../src/runtime/scheduler/meters.ts";
import { createQueue } from "../../src/runtime/scheduler/queue.ts";
import { aKey, schedulerConfig } from "../runtime/scheduler/harness.ts";
import { sharedFile } from "../support/shared.ts";

test("every metric of the seed is there, with the prefix tmon_", () => {
  const contract = readFileSync(sharedFile("seed/contract.md"), "utf8");
  const [, list = ""] = /^\*\*Metrics\*\* \(no prefix\): ([^.]+)\./m.exec(contract) ?? [];
  const names = list.split(", ");
  expect(names.length).toBeGreaterThan(20);
  const { registry } = createMetrics();
  expect(names.filter((name) => !registry.getSingleMetric(`tmon_${name}`))).toEqual([]);
});

test("a key's success rate is the share of its last calls", async () => {
  const metrics = createMetrics();
  const { keys, scheduler } = schedulerConfig({ keys: [aKey("a", "http://127.0.0.1:9")] });
  const port = {
    reserve: async () => ({ granted: true as const, id: "r" }),
    giveBack: async () => {},
    countFromNow: async () => {},
    endCall: async () => {},
  };
  const quota = createQuota(port, scheduler);
  const pool = createKeyPool(keys, scheduler, { quota, log: pino({ level: "silent" }) });
  const queue = createQueue({ maxAgeMs: 1, maxBytes: 1, weightOf: () => 1, ended() {} });
  for (const outcome of ["answered", "TMON_VLM_TIMEOUT", "answered", "answered"] as const)
    pool.keys()[0]?.noteOutcome(outcome);
  createMeters(metrics).sample(queue, pool);
  expect(await metrics.registry.getSingleMetricAsString("tmon_api_key_success_rate")).toContain(
    'tmon_api_key_success_rate{key_id="a",quota_group="key:a"} 0.75',
  );
});
