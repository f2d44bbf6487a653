import { setTimeout as delay } from "node:timers/promises";
import type { Admin, Kafka } from "kafkajs";
import type { Logger } from "pino";
import { messageOf } from "../../errors.ts";
import { isRefusal, refused, rootOf } from "./failure.ts";

const firstRetryMs = 200;
const sayAgainMs = 30_000;

/**
 * Resolves at the first connection, trying for as long as there is none; it says so now and then.
 * @throws TmonError TMON_BUS_REFUSED; the signal's reason
 */
export async function firstConnection(kafka: Kafka, log: Logger, signal: AbortSignal): Promise<Admin> {
  let saidAt = Number.NEGATIVE_INFINITY;
  for (;;) {
    const admin = kafka.admin({ retry: { retries: 0 } });
    const connecting = admin.connect().then(
      () => undefined,
      (error: unknown) => error,
    );
    const error = await Promise.race([connecting, aborted(signal)]);
    if (error === undefined) return admin;
    void connecting.then(() => admin.disconnect()).catch(() => {});
    signal.throwIfAborted();
    if (isRefusal(error)) throw refused(error);
    if (performance.now() - saidAt > sayAgainMs) {
      log.warn({ error: messageOf(rootOf(error)) }, "waiting for Kafka");
      saidAt = performance.now();
    }
    await delay(firstRetryMs, undefined, { signal });
  }
}

function aborted(signal: AbortSignal): Promise<unknown> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve(signal.reason);
    signal.addEventListener("abort", () => resolve(signal.reason), { once: true });
  });
}
