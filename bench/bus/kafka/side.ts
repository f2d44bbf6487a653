/** One side in a process of its own: tmon's codecs would be bare kafkajs's too in the same. */
import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { openBare } from "./bare.ts";
import { openTmon } from "./tmon.ts";
import { type Trials, trialsOf } from "./trials.ts";

export type SideName = "bare" | "tmon";

export interface Side {
  run<Name extends keyof Trials>(
    trial: Name,
    ...args: Parameters<Trials[Name]>
  ): Promise<Awaited<ReturnType<Trials[Name]>>>;
  stop(): void;
}

export async function startSide(name: SideName, address: string, topics: readonly string[]): Promise<Side> {
  const child = fork(fileURLToPath(import.meta.url), [name, address, ...topics]);
  let answer: (value: unknown) => void = () => {};
  child.on("message", (value) => answer(value));
  const ended = once(child, "exit").then(([code]) => {
    throw new Error(`the ${name} side ended with ${code}`);
  });
  ended.catch(() => {});
  const answered = () =>
    Promise.race([
      new Promise<unknown>((resolve) => {
        answer = resolve;
      }),
      ended,
    ]);

  await answered();
  return {
    async run(trial, ...args) {
      child.send({ trial, args });
      return (await answered()) as never;
    },
    stop: () => child.disconnect(),
  };
}

async function serve([name, address, ...topics]: string[]): Promise<void> {
  const client = await (name === "bare" ? openBare(address!) : openTmon(address!, topics));
  const trials = trialsOf(client);
  process.on("message", async ({ trial, args }: { trial: keyof Trials; args: never[] }) => {
    process.send!(await (trials[trial] as (...args: never[]) => Promise<unknown>)(...args));
  });
  process.once("disconnect", () => client.close());
  process.send!("open");
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await serve(process.argv.slice(2));
