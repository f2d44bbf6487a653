import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { execa, type Options } from "execa";
import { afterAll } from "vitest";
import { until } from "./until.ts";

export const program = fileURLToPath(new URL("../../bin/run.js", import.meta.url));

export interface RunningTmon {
  pid: number;
  stdout(): string;
  stderr(): string;
  /** Waits for a text on stderr. */
  says(text: string | RegExp): Promise<string>;
  kill(signal: NodeJS.Signals): void;
  ended: Promise<{ exitCode: number | undefined; signal: string | undefined }>;
}

const running = new Set<RunningTmon>();
afterAll(async () => {
  for (const tmon of running) {
    tmon.kill("SIGCONT");
    tmon.kill("SIGKILL");
  }
  await Promise.all([...running].map((tmon) => tmon.ended));
});

/** Only what a test names reaches the program: none of the machine's own tmon settings or keys. */
function environment(env: Record<string, string>): Options {
  const { PATH = "", HOME = "", TMON_TEST_RUN = "" } = process.env;
  // Of models that lie in the home directory a test knows nothing.
  return { env: { PATH, HOME, XDG_DATA_HOME: join(TMON_TEST_RUN, "data"), ...env }, extendEnv: false };
}

/** Starts the built program in the background; it is gone when the test file ends. */
export function startTmon(args: readonly string[], env: Record<string, string> = {}): RunningTmon {
  const child = execa(process.execPath, [program, ...args], {
    ...environment(env),
    reject: false,
    stdin: "ignore",
    buffer: false,
    // Told to end, it has the time it needs: by itself this would kill it after five seconds.
    forceKillAfterDelay: false,
  });
  let stdout = "";
  let stderr = "";
  child.stdout?.on("data", (chunk) => (stdout += chunk));
  child.stderr?.on("data", (chunk) => (stderr += chunk));
  const tmon: RunningTmon = {
    pid: child.pid as number,
    stdout: () => stdout,
    stderr: () => stderr,
    says: async (text) => {
      await until(() => (typeof text === "string" ? stderr.includes(text) : text.test(stderr)), {
        what: `stderr to say ${text}`,
      }).catch((error) => {
        throw new Error(`${error.message}\n${stderr}`);
      });
      return stderr;
    },
    kill: (signal) => void child.kill(signal),
    ended: child.then(({ exitCode, signal }) => {
      running.delete(tmon);
      return { exitCode, signal };
    }),
  };
  running.add(tmon);
  return tmon;
}

/** Runs the built program to its end. */
export async function runTmon(args: readonly string[], env: Record<string, string> = {}) {
  const { exitCode, stdout, stderr } = await execa(process.execPath, [program, ...args], {
    ...environment(env),
    reject: false,
    stdin: "ignore",
  });
  return { exitCode, stdout: String(stdout), stderr: String(stderr) };
}
