import { once } from "node:events";
import { Worker } from "node:worker_threads";

/** Loops of `session.run()` on one input, one a worker thread. */
export async function startBareLoops(model: string, count: number) {
  const workers = Array.from(
    { length: count },
    () => new Worker(new URL("./bare-worker.ts", import.meta.url), { workerData: model }),
  );
  await Promise.all(workers.map((worker) => once(worker, "online")));
  return {
    /** Frames a second, all threads together. */
    async run(durationMs: number): Promise<number> {
      const speeds = await Promise.all(
        workers.map(async (worker) => {
          worker.postMessage(durationMs);
          const [speed] = (await once(worker, "message")) as [number];
          return speed;
        }),
      );
      return speeds.reduce((a, b) => a + b, 0);
    },
    async stop(): Promise<void> {
      const gone = workers.map((worker) => once(worker, "exit"));
      for (const worker of workers) worker.postMessage(0);
      await Promise.all(gone);
    },
  };
}
