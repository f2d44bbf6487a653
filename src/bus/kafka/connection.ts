import { setTimeout as delay } from "node:timers/promises";
import type { Admin, Kafka } from "kafkajs";
import type { Logger } from "pino";
import { messageOf, TmonError } from "../../errors.ts";
import { isRefusal, refused, rootOf, unreachable } from "./failure.ts";

const firstRetryMs = 200;
const sayAgainMs = 30_000;

export interface Waiting {
  brokers: readonly string[];
  log: Logger;
  /** Ends the wait; what it is aborted with is thrown. */
  signal: AbortSignal;
  /** For this long at most; forever if undefined. */
  patienceMs?: number | undefined;
}

/**
 * Resolves when the cluster has answered the first question, trying for as long as it does not; it says so now
 * and then. The question keeps the connection it gets.
 * @throws TmonError TMON_BUS_REFUSED, TMON_BUS_UNREACHABLE, and what the question throws; the signal's reason
 */
export async function firstConnection<T>(
  kafka: Kafka,
  { brokers, log, signal, patienceMs }: Waiting,
  question: (admin: Admin) => Promise<T>,
): Promise<T> {
  const impatience = patienceMs === undefined ? undefined : AbortSignal.timeout(patienceMs);
  const ending = impatience ? AbortSignal.any([signal, impatience]) : signal;
  const ended = aborted(ending);
  let saidAt = Number.NEGATIVE_INFINITY;
  for (;;) {
    const admin = kafka.admin({ retry: { retries: 0 } });
    const asked = admin.connect().then(() => question(admin));
    const outcome = await Promise.race([settled(asked), ended]);
    if ("value" in outcome) return outcome.value;
    void asked
      .catch(() => {})
      .then(() => admin.disconnect())
      .catch(() => {});
    signal.throwIfAborted();
    if (impatience?.aborted)
      throw unreachable(new Error(`${brokers.join(", ")} for ${patienceMs! / 1000} s`));
    const { error } = outcome;
    if (isRefusal(error)) throw refused(error);
    if (error instanceof TmonError && error.code !== "TMON_BUS_UNREACHABLE") throw error;
    if (performance.now() - saidAt > sayAgainMs) {
      log.warn({ brokers, error: messageOf(rootOf(error)) }, "waiting for Kafka");
      saidAt = performance.now();
    }
    await Promise.race([delay(firstRetryMs), ended]);
  }
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
