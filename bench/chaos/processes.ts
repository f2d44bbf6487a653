import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { openSync, readFileSync } from "node:fs";

export interface RunningProcess {
  readonly pid: number;
  /** Where its stderr goes. */
  readonly log: string;
  kill(signal: NodeJS.Signals): void;
  running(): boolean;
  /** Waits for a text on stderr. */
  says(text: RegExp): Promise<RegExpExecArray>;
  readonly ended: Promise<unknown>;
}

const running = new Map<RunningProcess, ChildProcess>();

/** Ends with this program; only what is named reaches its environment. */
export function startProcess(
  command: string,
  args: readonly string[],
  { log, env = {} }: { log: string; env?: Record<string, string> },
): RunningProcess {
  const { PATH = "", HOME = "", TMON_LOG_LEVEL = "info" } = process.env;
  const output = openSync(log, "a");
  const child = spawn(command, args, {
    env: { PATH, HOME, TMON_LOG_LEVEL, ...env },
    stdio: ["ignore", output, output],
  });
  const started: RunningProcess = {
    pid: child.pid!,
    log,
    kill: (signal) => void child.kill(signal),
    running: () => child.exitCode === null && child.signalCode === null,
    async says(text) {
      for (;;) {
        const found = text.exec(readFileSync(log, "utf8"));
        if (found) return found;
        if (!started.running()) throw new Error(`${command} ended:\n${readFileSync(log, "utf8")}`);
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    },
    ended: once(child, "exit").then(() => running.delete(started)),
  };
  running.set(started, child);
  return started;
}

/** Whatever is left, at once. */
export async function endProcesses(): Promise<void> {
  const left = [...running.keys()];
  for (const one of left) {
    one.kill("SIGCONT");
    one.kill("SIGKILL");
  }
  await Promise.all(left.map(({ ended }) => ended));
}
