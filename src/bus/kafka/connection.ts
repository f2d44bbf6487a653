import { setTimeout as delay } from "node:timers/promises";
import type { Admin, Kafka } from "kafkajs";
import type { Logger } from "pino";
import { abortAfter } from "../../abort-after.ts";
import type { KafkaConfig } from "../../config/config.ts";
import { TmonError } from "../../errors.ts";
import { refusalOf, unreachable } from "./failure.ts";
import { askOtherwise } from "./other-protocol.ts";

const firstRetryMs = 200;
const sayAgainMs = 30_000;

export interface Waiting {
  log: Logger;
  signal: AbortSignal;
  /** For how long a cluster that does not answer is waited for; by default for ever. */
  patienceMs?: number | undefined;
}

/**
 * Resolves when the cluster has answered the first question, trying for as long as it does not; it says so now
 * and then. The question keeps the connection it gets.
 * @throws TmonError TMON_BUS_REFUSED, TMON_TLS_FAILED, TMON_BUS_UNREACHABLE (patience is at its end), and what the
 * question throws; the signal's reason
 */
export async function firstConnection<T>(
  kafka: Kafka,
  config: KafkaConfig,
  { log, signal, patienceMs }: Waiting,
  question: (admin: Admin) => Promise<T>,
): Promise<T> {
  const patience = patienceMs === undefined ? [] : [abortAfter(patienceMs)];
  const end = AbortSignal.any([signal, ...patience]);
  const ended = aborted(end);
  let lastError: unknown = new Error("no broker does");
  let saidAt = Number.NEGATIVE_INFINITY;
  while (!end.aborted) {
    const admin = kafka.admin({ retry: { retries: 0 } });
    const asked = admin.connect().then(() => question(admin));
    const outcome = await Promise.race([settled(asked), ended]);
    if ("value" in outcome) return outcome.value;
    void asked
      .catch(() => {})
      .then(() => admin.disconnect())
      .catch(() => {});
    if (end.aborted) break;
    const { error } = outcome;
    lastError = error;
    const refusal = refusalOf(error) ?? (await askOtherwise(error, config));
    if (refusal) throw refusal;
    if (error instanceof TmonError && error.code !== "TMON_BUS_UNREACHABLE") throw error;
    if (performance.now() - saidAt > sayAgainMs) {
      const { message, todo } = unreachable(error);
      // Where patience ends an error says what to do.
      log.warn({ error: message, ...(patienceMs === undefined ? { todo } : {}) }, "waiting for Kafka");
      saidAt = performance.now();
    }
    await delay(firstRetryMs, undefined, { signal: end }).catch(() => {});
  }
  signal.throwIfAborted();
  throw unreachable(lastError);
}

type Outcome<T> = { value: T } | { error: unknown };

function settled<T>(promise: Promise<T>): Promise<Outcome<T>> {
  return promise.then(
    (value) => ({ value }),
    (error: unknown) => ({ error }),
  );
}

function aborted(signal: AbortSignal): Promise<{ error: unknown }> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve({ error: signal.reason });
    signal.addEventListener("abort", () => resolve({ error: signal.reason }), { once: true });
  });
}
