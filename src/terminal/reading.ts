import { existsSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import type { Logger } from "pino";
import type { Bus } from "../bus/bus.ts";
import { openBus } from "../bus/open.ts";
import { patientBus } from "../bus/patience.ts";
import type { Config } from "../config/config.ts";
import type { TopicId } from "../messages/topics.ts";
import { releaseOnCrash } from "./crash.ts";
import { say } from "./output.ts";
import { createTerminalLog } from "./settings.ts";

export interface Looking {
  bus: Bus;
  log: Logger;
  /** Ends with the first signal; the second ends the process. */
  signal: AbortSignal;
}

export interface LookingOptions {
  /** Waits for a data directory or a cluster that is not there yet. */
  waits: boolean;
  /** Goes on until a signal, which is then its end and no interruption. */
  endless: boolean;
  /** Without these topics, by default all, there is nothing to look at; of others it is said that they are missing. */
  needs?: readonly TopicId[];
}

/** Whoever runs a command looks on: a server that is away is said, not waited for. */
export const serverPatienceMs = 10_000;

/** Others lead in a dead broker's place after 9 s, by Kafka's defaults, and 3 s later if it was the controller. */
export const electionPatienceMs = 15_000;

/**
 * Opens the bus for a command that looks into it, and closes it again. A reader makes no data directory: where
 * there is none, `look` is not called and the answer is undefined.
 *
 *   (waiting for data) -> open -> look -> closed    exit 0; 130, 143 if a signal cut it short
 */
export async function lookInto<T>(
  config: Config,
  { waits, endless, needs }: LookingOptions,
  look: (looking: Looking) => Promise<T>,
): Promise<T | undefined> {
  const signal = interruptedBySignal({ endless });
  if (!(await waitForData(config, waits, signal))) return undefined;
  const log = await createTerminalLog(config);
  const patience = waits ? {} : { patienceMs: serverPatienceMs };
  const bus = await openBus(config, log, { ending: signal, needs, ...patience }).catch((error: unknown) => {
    if (!signal.aborted) throw error;
  });
  if (!bus) return undefined;
  const trouble = bus.trouble();
  if (trouble) say(`tmon: ${trouble}`);
  const forget = releaseOnCrash(() => bus.close());
  try {
    return await look({ bus: patientBus(bus, { signal, patienceMs: electionPatienceMs }), log, signal });
  } catch (error) {
    // What a signal cut short has failed by that.
    if (!signal.aborted) throw error;
    return undefined;
  } finally {
    forget();
    await bus.close();
  }
}

/** Aborted by the first signal; the second ends the process. An interruption sets the exit status: 130 or 143. */
export function interruptedBySignal({ endless = false } = {}): AbortSignal {
  const interrupted = new AbortController();
  for (const [name, status] of [
    ["SIGINT", 130],
    ["SIGTERM", 143],
  ] as const) {
    process.once(name, () => {
      if (!endless) process.exitCode = status;
      interrupted.abort();
    });
  }
  return interrupted.signal;
}

const lookEveryMs = 200;

/** False if there is no data and no time to wait for it. */
async function waitForData({ bus, dataDir }: Config, waits: boolean, signal: AbortSignal): Promise<boolean> {
  const isThere = () => bus.kind !== "embedded" || existsSync(dataDir);
  if (isThere()) return true;
  say(`tmon: nothing has been written there yet${waits ? "; waiting for it" : ""}`);
  while (waits && !signal.aborted && !isThere()) await delay(lookEveryMs);
  return isThere();
}
