import { setTimeout as delay } from "node:timers/promises";
import { TmonError } from "../../errors.ts";
import type { Trace } from "../../messages/common.ts";
import type { VlmClient } from "../../vlm/client.ts";
import { VlmError } from "../../vlm/failure.ts";
import { backOffMs } from "../back-off.ts";
import type { RoleContext } from "../role.ts";
import { createCallRecord } from "./calls.ts";
import type { Job } from "./job.ts";
import type { KeyPool, Lease } from "./keys/pool.ts";
import type { SchedulerMeters } from "./meters.ts";
import { failed, type Outcome } from "./outcome.ts";

const retryBackOff = { baseMs: 250, maxMs: 8_000 };

export interface AttemptsOptions {
  context: Pick<RoleContext, "config" | "log" | "store">;
  client: VlmClient;
  pool: KeyPool;
  meters: SchedulerMeters;
  signal: AbortSignal;
}

/**
 * A task's calls, one after another, until one gives a verdict or none may be made any more.
 *
 *   call -> assessed
 *       \-> back-off -> another key -> call ...
 *       \-> failed
 *
 * Rejects only with the signal's reason: the task is then left to its next owner.
 */
export function createAttempts({ context, client, pool, meters, signal }: AttemptsOptions) {
  const { config, log, store } = context;

  async function call(job: Job, lease: Lease, attempt: number, record: ReturnType<typeof createCallRecord>) {
    const { taskId } = job.task;
    const keyId = lease.key.id;
    const started = performance.now();
    meters.callStarted();
    try {
      const answer = await client.assess(job.task, lease.key, signal);
      lease.succeeded(answer.latencyMs);
      record.answered(keyId, lease.key, answer);
      meters.callAnswered(keyId, answer);
      const latencyMs = Math.round(answer.latencyMs);
      log.debug({ taskId, keyId, attempt, latencyMs, outcome: "answered" }, "VLM call");
      if (latencyMs > config.scheduler.slowCallMs) log.info({ taskId, keyId, latencyMs }, "slow VLM call");
      return answer;
    } catch (error) {
      const openMs = performance.now() - started;
      const known = error instanceof VlmError ? error : undefined;
      lease.failed(known, taskId);
      meters.callFailed(keyId, known);
      if (known) record.failed(keyId, lease.key, known, openMs);
      const outcome = known?.code ?? "aborted";
      log.debug({ taskId, keyId, attempt, latencyMs: Math.round(openMs), outcome }, "VLM call");
      throw error;
    }
  }

  /** The next key, or undefined when it is not worth waiting for one. */
  async function nextLease(attempt: number, avoid: ReadonlySet<string>): Promise<Lease | undefined> {
    await delay(backOffMs(attempt, retryBackOff), undefined, { signal });
    const acquire = () => pool.acquire({ avoid, signal, patienceMs: config.scheduler.timeoutMs });
    let lease = await acquire();
    while (lease && !lease.isFresh()) {
      lease.giveBack();
      lease = await acquire();
    }
    return lease;
  }

  function mayRetry(error: VlmError, attempt: number, invalidAnswers: number): boolean {
    if (attempt >= config.scheduler.retryMaxAttempts) return false;
    if (error.failure.retry === "once") return invalidAnswers <= 1;
    return error.failure.retry !== "never";
  }

  return async function assess(job: Job, firstLease: Lease): Promise<Outcome> {
    const record = createCallRecord(config.vlm.prices);
    const trace: Trace = { dispatchedAt: store.now() };
    const avoid = new Set<string>();
    let invalidAnswers = 0;
    let lease = firstLease;
    const ended = (outcome: Outcome): Outcome => ({
      ...outcome,
      metadata: record.metadata(),
      trace: { ...trace, assessedAt: store.now() },
    });

    for (let attempt = 0; ; attempt++) {
      try {
        const answer = await call(job, lease, attempt, record);
        const mayJudge = !answer.simulated || job.task.source !== "live" || config.vlm.simulatedOnLive;
        return ended(
          mayJudge ? { status: "assessed", verdicts: answer.verdicts } : failed(simulatedOnLive()),
        );
      } catch (error) {
        signal.throwIfAborted();
        if (!(error instanceof VlmError)) return ended(failed(error));
        if (error.failure.retry === "once") invalidAnswers += 1;
        if (!mayRetry(error, attempt, invalidAnswers)) return ended(failed(error));
        avoid.add(lease.key.id);
        const next = await nextLease(attempt, avoid);
        if (!next) return ended(failed(error));
        lease = next;
      }
    }
  };
}

function simulatedOnLive(): TmonError {
  return new TmonError(
    "TMON_SIMULATED_ON_LIVE",
    "a simulated provider answered a live camera's task; its verdict was thrown away",
    "configure a real provider, or say --vlm sim to judge live cameras by simulation",
  );
}
