import { setMaxListeners } from "node:events";
import type { Config } from "../../config/config.ts";
import { TmonError } from "../../errors.ts";
import { decodeTask, type ReceivedTask } from "../../messages/received-task.ts";
import { createVlmClient } from "../../vlm/client.ts";
import { openIntake, routeOf } from "../intake.ts";
import type { Receipt } from "../receipt.ts";
import type { RoleContext, RunningRole } from "../role.ts";
import { startSummary } from "../summary.ts";
import { createAttempts } from "./attempts.ts";
import { createBudget } from "./budget.ts";
import { createDispatcher } from "./dispatcher.ts";
import { createJob, isOf, isOwned, type Job } from "./job.ts";
import { followKeyOrders } from "./keys/follow-orders.ts";
import { startHealthCheck } from "./keys/health-check.ts";
import type { Lease } from "./keys/lease.ts";
import { createKeyPool } from "./keys/pool.ts";
import { createQuota } from "./keys/quota.ts";
import { createMeters } from "./meters.ts";
import { failed, type Outcome, waitEnded } from "./outcome.ts";
import { createQueue } from "./queue.ts";
import { refusalOf } from "./refusal.ts";
import { createResultPublisher } from "./result-publisher.ts";
import { schedulerStats, schedulerSummary } from "./stats.ts";
import { createTaskMemory } from "./task-memory.ts";
import { createTokenEstimate } from "./token-estimate.ts";

const tickMs = 250;

export interface Scheduler extends RunningRole {
  replaceKeys(keys: Config["keys"]): void;
}

/**
 * task -> waiting queue -> a key's lease -> calls -> one final result, durable -> the task is acknowledged.
 *
 *   running -> draining -> stopped
 */
export async function startScheduler(context: RoleContext): Promise<Scheduler> {
  const { config, store, log, metrics, health } = context;
  const { scheduler, vlm, keys } = config;
  if (!keys.some((key) => key.enabled)) throw noApiKey();
  const ending = new AbortController();
  const { signal } = ending;
  setMaxListeners(0, signal);
  const now = () => store.now();
  let draining = false;
  let stopped: Promise<void> | undefined;
  const weights = new Map(config.cameras.map((camera) => [camera.id, camera.weight]));

  const meters = createMeters(metrics);
  const memory = createTaskMemory();
  const client = createVlmClient({ ...vlm, timeoutMs: scheduler.timeoutMs });
  const simulatedVlm = vlm.provider === "simulated";
  // The built-in provider has no limits, so none are applied.
  const globalQpsLimit = simulatedVlm ? undefined : scheduler.globalQpsLimit;
  const quota = createQuota(store, { ...scheduler, globalQpsLimit });
  const pool = createKeyPool(keys, scheduler, { quota, log });
  const budget = createBudget(context, () => pool.keys().map((key) => key.config));
  const estimate = createTokenEstimate(vlm, pool);
  const assess = createAttempts({ context, client, pool, budget, meters, signal });
  const queue = createQueue({
    maxAgeMs: scheduler.maxAgeMs,
    maxBytes: scheduler.queueBytes,
    weightOf: (cameraId) => weights.get(cameraId) ?? 1,
    ended: (job, end) => finish(job, waitEnded(end)),
  });
  const dispatcher = createDispatcher({
    queue,
    pool,
    signal,
    maxOpen: scheduler.maxConcurrentTasks,
    isFull: budget.isFull,
    heldKeys: budget.heldKeys,
    now,
    async run(job: Job, lease: Lease) {
      const outcome = await assess(job, lease);
      if (outcome) finish(job, outcome);
      else if (isOwned(job)) queue.add(job);
      else memory.forget(job);
    },
    refuse: (job) => finish(job, failed(pool.outOfService())),
  });
  const publisher = createResultPublisher(context, {
    signal,
    failing: () => {
      intake.pause("assessment-tasks");
      dispatcher.hold();
    },
    working: () => {
      if (!draining) intake.resume("assessment-tasks");
      dispatcher.release();
    },
    published: (job) => memory.done(job),
  });

  function take(task: ReceivedTask, receipt: Receipt): void {
    const { taskId, cameraId } = task;
    if (memory.isRepeat(taskId, receipt)) {
      log.debug({ taskId, cameraId, offset: receipt.offset }, "task repeated");
      return;
    }
    log.debug({ taskId, cameraId, offset: receipt.offset }, "task taken in");
    const job = createJob(task, receipt, estimate(task));
    memory.opened(job);
    const refusal = refusalOf(job, budget);
    if (refusal) finish(job, refusal);
    else queue.add(job);
    dispatcher.pump();
  }

  function finish(job: Job, outcome: Outcome): void {
    const { taskId, cameraId } = job.task;
    meters.taskEnded(outcome);
    if (outcome.status === "failed") log.info({ taskId, cameraId, ...why(outcome) }, "task failed");
    else log.debug({ taskId, cameraId, status: outcome.status, ...why(outcome) }, "task ended");
    publisher.add(job, outcome);
  }

  function abandonWaiting(partitions: readonly number[]): void {
    for (const job of queue.remove((waiting) => isOf(waiting, partitions))) {
      memory.forget(job);
      for (const receipt of job.receipts) receipt.abandon();
    }
  }

  function dropLost(): void {
    for (const job of queue.remove((waiting) => !isOwned(waiting))) memory.forget(job);
  }

  function tick(): void {
    queue.expire(now());
    budget.refresh();
    dispatcher.pump();
  }

  await followKeyOrders({ store, pool, log, signal });
  const intake = await openIntake(context, {
    role: "scheduler",
    routes: [routeOf("assessment-tasks", decodeTask, take)],
    draining: abandonWaiting,
    lost: dropLost,
    reads(partitions, of) {
      metrics.shareAlone.set(partitions.length / of);
      void store.cover({ partitions, of });
    },
  });
  health.readiness("keys", () => pool.trouble());
  health.readiness("results", () => publisher.trouble());
  const ticking = setInterval(tick, tickMs);
  if (scheduler.healthCheck.enabled && !simulatedVlm)
    startHealthCheck({ pool, client, quota, config: scheduler.healthCheck, log, signal });
  const endSummary = startSummary(context, () => schedulerSummary({ meters, queue, dispatcher }));

  async function end(): Promise<void> {
    clearInterval(ticking);
    endSummary();
    ending.abort();
    await intake.stop();
    await client.close();
  }
  const stop = () => {
    stopped ??= end();
    return stopped;
  };

  return {
    name: "scheduler",
    replaceKeys: pool.replace,
    /** Calls in flight finish and are published; tasks not yet started are left to their next owner. */
    async drain() {
      draining = true;
      clearInterval(ticking);
      intake.pause("assessment-tasks");
      await dispatcher.drain();
      await publisher.idle();
      await stop();
    },
    stop,
    busy: () => intake.busy(),
    sampleMetrics: () => meters.sample(queue, pool),
    stats: () => schedulerStats({ meters, queue, pool, dispatcher, budget }, { now: now(), simulatedVlm }),
    failed: intake.failed,
  };
}

function why(outcome: Outcome): object {
  return outcome.status === "assessed" ? {} : { code: outcome.code, error: outcome.error };
}

function noApiKey(): TmonError {
  return new TmonError(
    "TMON_NO_API_KEY",
    "no enabled API key is configured for the VLM",
    "set DASHSCOPE_API_KEYS, write api_keys.yaml, or say --vlm sim",
  );
}
