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

const running = new Set<ChildProcess>();

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
    ended: once(child, "exit").then(() => running.delete(child)),
  };
  running.add(child);
  return started;
}

process.once("exit", () => {
  for (const child of running.values()) child.kill("SIGKILL");
});
