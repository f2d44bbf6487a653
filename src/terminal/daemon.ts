import { abortAfter } from "../abort-after.ts";
import type { System } from "../runtime/system.ts";
import { releaseOnCrash } from "./crash.ts";
import { say } from "./output.ts";

export interface DaemonOptions {
  drainMs: number;
  /** Ends by itself this long after the first frame of every camera; undefined: runs until a signal. */
  forMs: number | undefined;
  /** The signal ends a start. */
  start(ending: AbortSignal): Promise<System>;
  /** Called when the system runs. */
  running?(system: System): void;
  /** Called when everything is closed. */
  stopped?(system: System, run: { endedAt: number; drained: boolean }): Promise<void>;
}

/** Frames a camera never delivers do not keep `--for` from counting. */
const firstFramesWithinMs = 20_000;

/**
 * Runs a daemon until its time, a signal or a failure.
 *
 *   starting -> running -(time, first signal)-> draining -> stopped    exit 0
 *       \                             \-(second signal, deadline)-> stopped at once    exit 130 or 143
 *        \-(first signal)-> stopped after the step under way    exit 130 or 143
 */
export async function runDaemon(options: DaemonOptions): Promise<void> {
  let hasStarted = false;
  const signals = listenForSignals(() =>
    hasStarted ? "finishing open work; once more to stop at once" : "stopping before it was ready",
  );
  const starting = options.start(signals.ending);
  const forget = releaseOnCrash(async () => (await starting).stop());
  const started = starting.catch((error: unknown) => {
    if (!signals.ending.aborted) throw error;
  });
  const system = await Promise.race([started, signals.second]);
  if (!system) return signals.setExitCode();
  hasStarted = true;
  options.running?.(system);
  let drained = false;
  let endedAt = 0;
  try {
    await Promise.race([signals.first, untilTime(system, options.forMs), system.failed]);
    const deadline = abortAfter(options.drainMs);
    drained = await Promise.race([
      system.drain(AbortSignal.any([deadline, signals.stopAtOnce])),
      system.failed,
    ]);
    endedAt = Date.now();
    await system.collector?.finish();
  } finally {
    await system.stop();
    forget();
  }
  await options.stopped?.(system, { endedAt, drained });
  if (drained) return;
  signals.setExitCode();
  if (signals.stopAtOnce.aborted) sayUndrained("stopped at once by a second signal", startAgain);
  else {
    const why = `work was still open after ${options.drainMs / 1000} s`;
    sayUndrained(why, `${startAgain}, or give it longer with --drain`);
  }
}

async function untilTime(system: System, forMs: number | undefined): Promise<void> {
  if (forMs === undefined) return new Promise(() => {});
  await Promise.race([system.detector?.firstFrames, wait(firstFramesWithinMs)]);
  await wait(forMs);
}

function wait(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

const startAgain = "start it again";

function sayUndrained(why: string, todo: string): void {
  say(`tmon: TMON_DRAIN_TIMEOUT: ${why}; nothing is lost\n  what to do: ${todo}`);
}

interface Signals {
  first: Promise<void>;
  /** The first signal, too. */
  ending: AbortSignal;
  second: Promise<undefined>;
  /** The second signal, too. */
  stopAtOnce: AbortSignal;
  /** Of a process that a signal interrupted; one that took too long at its own time ends as by SIGTERM. */
  setExitCode(): void;
}

/** @param words what is said at the first */
function listenForSignals(words: () => string): Signals {
  const ending = new AbortController();
  const stop = new AbortController();
  let name = "";
  const first = new Promise<void>((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM"] as const) {
      process.on(signal, () => {
        if (name !== "") return stop.abort();
        name = signal;
        say(`tmon: ${words()}`);
        ending.abort();
        resolve();
      });
    }
  });
  const second = new Promise<undefined>((resolve) =>
    stop.signal.addEventListener("abort", () => resolve(undefined), { once: true }),
  );
  const setExitCode = () => {
    process.exitCode = name === "SIGINT" ? 130 : 143;
  };
  return { first, ending: ending.signal, second, stopAtOnce: stop.signal, setExitCode };
}
