import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

/** What a round took, of a process that does nothing else. */
export interface Round {
  perCpuSecond: number;
  perSecond: number;
  /** Of the whole life of the process. */
  peakRssBytes: number;
  /** Calls open at once, as often as they were looked at. */
  mostOpen: number;
}

/** What is measured, in a process of its own. */
export interface Side {
  run(count: number): Promise<Round>;
  stop(): Promise<void>;
}

export async function startSide(name: "bare" | "messages" | "role", options: object): Promise<Side> {
  const child = startProgram(name, options);
  await answerOf(child);
  return {
    async run(count) {
      child.send(count);
      return (await answerOf(child)) as Round;
    },
    async stop() {
      child.disconnect();
      await once(child, "exit");
    },
  };
}

/** A program of this directory; it ends when it is disconnected. */
export function startProgram(name: string, options: object): ChildProcess {
  return fork(fileURLToPath(new URL(`${name}.ts`, import.meta.url)), [JSON.stringify(options)]);
}

export async function answerOf(child: ChildProcess): Promise<unknown> {
  const ended = once(child, "exit").then(([code]) => {
    throw new Error(`a process of the bench ended with ${code}`);
  });
  const [answer] = await Promise.race([once(child, "message"), ended]);
  return answer;
}

export function optionsOf<Options>(): Options {
  return JSON.parse(process.argv[2]!);
}

/** The child's part; `run` resolves with the most calls that were open at once. */
export function serveRounds(run: (count: number) => Promise<number>, close: () => Promise<unknown>): void {
  process.on("message", async (count: number) => {
    const before = process.cpuUsage();
    const since = performance.now();
    const mostOpen = await run(count);
    const { user, system } = process.cpuUsage(before);
    process.send!({
      perCpuSecond: (count / (user + system)) * 1e6,
      perSecond: (count / (performance.now() - since)) * 1_000,
      peakRssBytes: process.resourceUsage().maxRSS * 1_024,
      mostOpen,
    } satisfies Round);
  });
  process.once("disconnect", close);
  process.send!("open");
}
