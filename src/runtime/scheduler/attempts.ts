import { setTimeout as delay } from "node:timers/promises";
import { TmonError } from "../../errors.ts";
import type { Trace } from "../../messages/common.ts";
import type { VlmClient } from "../../vlm/client.ts";
import { NotSent } from "../../vlm/exchange.ts";
import { VlmError } from "../../vlm/failure.ts";
import { backOffMs } from "../back-off.ts";
import type { RoleContext } from "../role.ts";
import { type Budget, NoRoomYet } from "./budget.ts";
import { type CallRecord, costOfFailure, createCallRecord } from "./calls.ts";
import { isOwned, type Job } from "./job.ts";
import { type Lease, mostLate } from "./keys/lease.ts";
import type { KeyPool } from "./keys/pool.ts";
import type { SchedulerMeters } from "./meters.ts";
import { failed, isUnaffordable, type Outcome, unaffordable } from "./outcome.ts";
import { createRetryBudget } from "./retry-budget.ts";

const retryBackOff = { baseMs: 250, maxMs: 8_000 };
/** Until a call asks again whether the budget has room for it. */
const noRoomWaitMs = 250;

export interface AttemptsOptions {
  context: Pick<RoleContext, "config" | "log" | "store">;
  client: VlmClient;
  pool: KeyPool;
  budget: Budget;
  meters: SchedulerMeters;
  signal: AbortSignal;
}

/** What a task's calls have in common. */
interface CallContext {
  record: CallRecord;
  trace: Trace;
  avoid: Set<string>;
}

/**
 * A task's calls, one after another, until one gives a verdict or none may be made any more.
 *
 *   call -> assessed
 *       \-> back-off -> another key -> call ...
 *       \-> failed
 *
 * Resolves with undefined when the task does not end here: its first call could not be sent in time and it
 * waits again, or its partition was lost before a further call. Rejects only with the signal's reason: the task
 * is then left to its next owner.
 */
export function createAttempts({ context, client, pool, budget, meters, signal }: AttemptsOptions) {
  const { config, log, store } = context;
  const retries = createRetryBudget();

  /** Adds to `avoid` the keys an error speaks against. */
  async function call(job: Job, lease: Lease, attempt: number, { record, trace, avoid }: CallContext) {
    const { taskId } = job.task;
    const keyId = lease.key.id;
    const charge = await budget.charge(job, lease.key).catch((error: unknown) => {
      lease.giveBack();
      throw error;
    });
    const started = performance.now();
    const said = (outcome: string) => {
      const latencyMs = Math.round(performance.now() - started);
      log.debug({ taskId, keyId, attempt, latencyMs, outcome }, "VLM call");
      if (latencyMs > config.scheduler.slowCallMs) log.info({ taskId, keyId, latencyMs }, "slow VLM call");
    };
    let sent = false;
    const maySend = () => {
      if (!lease.isFresh() && job.late < mostLate) return false;
      lease.sent();
      trace.dispatchedAt ??= store.now();
      sent = true;
      return true;
    };
    meters.callStarted();
    try {
      const answer = await client.assess(job.task, lease.key, signal, maySend);
      const costYuan = record.answered(keyId, lease.key, answer);
      lease.succeeded(answer, job.tokens, costYuan);
      charge.settle(costYuan);
      meters.callAnswered(lease.key, answer);
      said("answered");
      return answer;
    } catch (error) {
      if (error instanceof NotSent) {
        job.late += 1;
        lease.giveBack();
        charge.settle(0);
        meters.callNotSent();
        said("not sent");
        throw error;
      }
      const known = error instanceof VlmError ? error : undefined;
      const costYuan = known && costOfFailure(known, lease.key, config.vlm.prices);
      for (const id of lease.failed(known, taskId, costYuan)) avoid.add(id);
      meters.callFailed(known);
      if (known) {
        record.failed(keyId, lease.key, known, performance.now() - started);
      }
      charge.settle(sent ? costYuan : 0);
      said(known?.code ?? "aborted");
      throw error;
    }
  }

  const acquire = (
    { tokens }: Job,
    avoid: Set<string>,
    { barred = budget.heldKeys, patienceMs = config.scheduler.timeoutMs } = {},
  ) => pool.acquire({ avoid, barred, tokens: () => tokens, signal, patienceMs });

  /** A key whose calls cost nothing, where there is one that was not tried and is free so soon. */
  async function affordable(job: Job, avoid: Set<string>, patienceMs: number): Promise<Lease | undefined> {
    const paidKeys = budget.paidKeys();
    if (pool.keys().every(({ config }) => avoid.has(config.id) || paidKeys.has(config.id))) return undefined;
    return acquire(job, avoid, { barred: () => paidKeys, patienceMs });
  }

  /** `begunAt`: when the task's first call began. */
  function mayRetry(error: VlmError, attempt: number, invalidAnswers: number, begunAt: number): boolean {
    const { retryMaxAttempts, timeoutMs } = config.scheduler;
    // Waiting for keys counts too.
    const isLate = performance.now() - begunAt > timeoutMs * (retryMaxAttempts + 1);
    if (attempt >= retryMaxAttempts || isLate) return false;
    if (error.failure.retry === "never" || (error.failure.retry === "once" && invalidAnswers > 1))
      return false;
    return retries.take();
  }

  return async function assess(job: Job, firstLease: Lease): Promise<Outcome | undefined> {
    const record = createCallRecord(config.vlm.prices);
    const trace: Trace = {};
    const avoid = new Set<string>();
    let lease: Lease | undefined = firstLease;
    let attempt = 0;
    let invalidAnswers = 0;
    let lastError: unknown;
    const begunAt = performance.now();
    retries.taskBegun();
    // Onto the outcome: object literals that spread another cost V8 microseconds each, and so in all of this way.
    const ended = (outcome: Outcome): Outcome =>
      Object.assign(outcome, {
        metadata: record.metadata(),
        trace: Object.assign(trace, { assessedAt: store.now() }),
      });

    while (lease) {
      try {
        const answer = await call(job, lease, attempt, { record, trace, avoid });
        const mayJudge = !answer.simulated || job.task.source !== "live" || config.vlm.simulatedOnLive;
        return ended(
          mayJudge ? { status: "assessed", verdicts: answer.verdicts } : failed(simulatedOnLive()),
        );
      } catch (error) {
        signal.throwIfAborted();
        if (isUnaffordable(error) || error instanceof NoRoomYet) {
          const patienceMs = isUnaffordable(error) ? config.scheduler.timeoutMs : noRoomWaitMs;
          const other = await affordable(job, avoid, patienceMs);
          if (other) {
            lease = other;
            continue;
          }
          if (isUnaffordable(error)) return ended(unaffordable(error));
          if (attempt > 0) await delay(noRoomWaitMs, undefined, { signal });
        }
        const unsent = error instanceof NotSent || error instanceof NoRoomYet;
        if (unsent && attempt === 0) return undefined;
        if (!unsent) {
          lastError = error;
          if (!(error instanceof VlmError)) break;
          if (error.failure.retry === "once") invalidAnswers += 1;
          if (!mayRetry(error, attempt, invalidAnswers, begunAt)) break;
          await delay(backOffMs(attempt, retryBackOff), undefined, { signal });
          if (!isOwned(job)) return undefined;
          attempt += 1;
        }
        lease = await acquire(job, avoid);
      }
    }
    return ended(failed(lastError));
  };
}

function simulatedOnLive(): TmonError {
  return new TmonError(
    "TMON_SIMULATED_ON_LIVE",
    "a simulated provider answered a live camera's task; its verdict was thrown away",
    "configure a real provider, or say --vlm sim to judge live cameras by simulation",
  );
}
