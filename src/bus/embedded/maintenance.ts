import type { Logger } from "pino";
import type { Environment } from "../../lmdb/environment.ts";
import type { Retention } from "./retention.ts";

const everyMs = 60_000;

/** Every minute: removes what is too old, and frees the reader slots of processes that were killed. */
export function startMaintenance(
  parts: { environment: Environment; retention: Retention; logger: Logger },
  sweep: () => void,
): { stop(): Promise<void> } {
  const { environment, retention, logger } = parts;
  let stopped = false;
  let running: Promise<void> | undefined;

  async function maintain(): Promise<void> {
    environment.root.readerCheck();
    let more = true;
    // Small transactions: producers write between them.
    while (more && !stopped) more = await environment.write(retention.removeExpired);
    if (!stopped) sweep();
  }

  function start(): void {
    running ??= maintain()
      .catch((error: unknown) => {
        logger.error({ err: error }, "could not remove old messages from the bus; trying again in a minute");
      })
      .finally(() => {
        running = undefined;
      });
  }

  const timer = setInterval(start, everyMs).unref();
  return {
    async stop() {
      stopped = true;
      clearInterval(timer);
      await running;
    },
  };
}
