import { defineConfig } from "vitest/config";
import { lightFiles } from "./test/support/light-files.ts";
import { Sequencer } from "./test/support/sequencer.ts";

const light = lightFiles();
const all = {
  setupFiles: ["test/support/clean-up.ts"],
  // For worker threads that a test starts.
  execArgv: ["--import", new URL("./test/support/typescript-in-threads.mjs", import.meta.url).href],
  pool: "forks" as const,
  // No measure of anything: a test waits for conditions (test/support/until.ts).
  testTimeout: 180_000,
  hookTimeout: 180_000,
};

export default defineConfig({
  test: {
    globalSetup: ["test/support/global-setup.ts"],
    // Each has processes and servers of its own: more than two at a time starve each other on two cores.
    maxWorkers: 2,
    sequence: { sequencer: Sequencer },
    projects: [
      { test: { ...all, name: "light", include: light, isolate: false } },
      { test: { ...all, name: "own process", include: ["test/**/*.test.ts"], exclude: light } },
    ],
  },
});
