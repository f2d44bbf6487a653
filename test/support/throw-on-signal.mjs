import { isMainThread } from "node:worker_threads";

// Loaded into a real tmon: a bug on demand.
if (isMainThread) {
  process.on("SIGUSR2", () => {
    throw new RangeError("off by one");
  });
}
