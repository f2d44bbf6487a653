import type { Logger } from "pino";
import { messageOf } from "../errors.ts";

/** Work that fails again and again while something is away is told of twice: when it begins to wait, and when it is done. */
export interface Outage {
  /** `work`: which of several it is. */
  failed(error: unknown, work?: unknown): void;
  done(work?: unknown): void;
}

/** Begins with the first failure, ends when nothing that had failed waits any more. */
export function createOutage(log: Logger, says: { begins: string; ends: string }): Outage {
  const waiting = new Set<unknown>();
  let waited = 0;
  let failures = 0;
  return {
    failed(error, work) {
      if (waiting.size === 0) log.error({ error: messageOf(error) }, says.begins);
      if (!waiting.has(work)) waited += 1;
      waiting.add(work);
      failures += 1;
    },
    done(work) {
      if (!waiting.delete(work) || waiting.size > 0) return;
      log.info({ failures, ...(waited > 1 && { waited }) }, says.ends);
      waited = 0;
      failures = 0;
    },
  };
}
