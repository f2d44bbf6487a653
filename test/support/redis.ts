import { execa } from "execa";
import { freePort } from "./free-port.ts";
import { temporaryDirectory } from "./tmp.ts";

export interface RunningRedis {
  port: number;
  url: string;
  kill(signal: NodeJS.Signals): void;
  /** Resolves when it is gone. */
  stop(): Promise<void>;
  /** On the same port, after a stop. */
  restart(): Promise<void>;
}

/** A real Redis server of this machine on a free port, without persistence. */
export async function startRedis(...options: string[]): Promise<RunningRedis> {
  const directory = temporaryDirectory();
  const start = async (port: number) => {
    const child = execa(
      "redis-server",
      ["--port", String(port), "--bind", "127.0.0.1", "--dir", directory, "--save", "", ...options],
      { reject: false, stdin: "ignore", buffer: false },
    );
    let said = "";
    await new Promise<void>((resolve, reject) => {
      child.stdout.on("data", (text: Buffer) => {
        said += text;
        if (said.includes("Ready to accept connections")) resolve();
      });
      child.then(() => reject(new Error(`redis-server ended: ${said}`)));
    });
    // In an object: a child is a promise, and would be waited for.
    return { child };
  };
  const port = await freePort();
  let { child } = await start(port);
  const stop = async () => {
    child.kill("SIGKILL");
    await child;
  };
  return {
    port,
    url: `redis://127.0.0.1:${port}`,
    kill: (signal) => void child.kill(signal),
    stop,
    async restart() {
      ({ child } = await start(port));
    },
  };
}
