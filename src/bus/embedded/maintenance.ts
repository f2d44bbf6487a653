import type { Logger } from "pino";
import type { Environment } from "../../lmdb/environment.ts";
import type { Retention } from "./retention.ts";

const everyMs = 60_000;

/** Every minute: removes what is too old, and frees the reader slots of processes that were killed. */
export function startMaintenance(
  environment: Environment,
  retention: Retention,
  logger: Logger,
  sweep: () => void,
): { stop(): void } {
  let stopped = false;
  let running = false;

  async function maintain(): Promise<void> {
    if (running) return;
    running = true;
    try {
      environment.root.readerCheck();
      // Small transactions: producers write between them.
      while (!stopped && (await environment.write(retention.removeExpired)));
    } catch (error) {
      logger.error({ err: error }, "could not remove old messages from the bus; trying again in a minute");
    } finally {
      running = false;
    }
  }

  const timer = setInterval(() => void maintain(), everyMs).unref();
  return {
    stop() {
      stopped = true;
      clearInterval(timer);
    },
  };
}
