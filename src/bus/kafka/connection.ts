import { setTimeout as delay } from "node:timers/promises";
import type { Admin, Kafka } from "kafkajs";
import type { Logger } from "pino";
import { messageOf, TmonError } from "../../errors.ts";
import { isRefusal, refused, rootOf } from "./failure.ts";

const firstRetryMs = 200;
const sayAgainMs = 30_000;

/**
 * Resolves when the cluster has answered the first question, trying for as long as it does not; it says so now
 * and then. The question keeps the connection it gets.
 * @throws TmonError TMON_BUS_REFUSED, and what the question throws; the signal's reason
 */
export async function firstConnection<T>(
  kafka: Kafka,
  log: Logger,
  signal: AbortSignal,
  question: (admin: Admin) => Promise<T>,
): Promise<T> {
  let saidAt = Number.NEGATIVE_INFINITY;
  for (;;) {
    const admin = kafka.admin({ retry: { retries: 0 } });
    const asked = admin.connect().then(() => question(admin));
    const outcome = await Promise.race([settled(asked), aborted(signal)]);
    if ("value" in outcome) return outcome.value;
    void asked
      .catch(() => {})
      .then(() => admin.disconnect())
      .catch(() => {});
    signal.throwIfAborted();
    const { error } = outcome;
    if (isRefusal(error)) throw refused(error);
    if (error instanceof TmonError && error.code !== "TMON_BUS_UNREACHABLE") throw error;
    if (performance.now() - saidAt > sayAgainMs) {
      log.warn({ error: messageOf(rootOf(error)) }, "waiting for Kafka");
      saidAt = performance.now();
    }
    await delay(firstRetryMs, undefined, { signal });
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
