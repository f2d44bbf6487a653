import { expect, onTestFinished, test } from "vitest";
import { createAttempts } from "../../../src/runtime/scheduler/attempts.ts";
import { createBudget } from "../../../src/runtime/scheduler/budget.ts";
import { createKeyPool } from "../../../src/runtime/scheduler/keys/pool.ts";
import { createQuota } from "../../../src/runtime/scheduler/keys/quota.ts";
import { createMeters } from "../../../src/runtime/scheduler/meters.ts";
import { createVlmClient } from "../../../src/vlm/client.ts";
import { startFaultyProvider } from "../../support/faulty-provider.ts";
import { aKey, openProcess, schedulerConfig } from "./harness.ts";
import { aJob, aReceipt } from "./jobs.ts";

test("a task whose partition was lost is not called again: its new owner calls it", async () => {
  let owned = true;
  const provider = await startFaultyProvider(() => {
    owned = false;
    return "serverError";
  });
  onTestFinished(() => provider.close());
  const config = schedulerConfig({ keys: [aKey("a", provider.url)] });
  const { context } = await openProcess(config);
  const { scheduler, vlm, keys } = config;
  const client = createVlmClient({ ...vlm, timeoutMs: scheduler.timeoutMs });
  onTestFinished(() => client.close());
  const pool = createKeyPool(keys, scheduler, {
    quota: createQuota(context.store, scheduler),
    log: context.log,
  });
  const { signal } = new AbortController();
  const meters = createMeters(context.metrics);
  const assess = createAttempts({
    context,
    client,
    pool,
    budget: createBudget(context, () => context.config.keys),
    meters,
    signal,
  });

  const job = aJob();
  job.receipts.splice(0, 1, aReceipt({ owned: () => owned }));
  const lease = await pool.acquire({ signal });
  if (!lease) throw new Error("no lease");
  expect(await assess(job, lease)).toBeUndefined();
  expect(provider.calls).toHaveLength(1);
});
