import { defineConfig } from "vitest/config";
import { Sequencer } from "./test/support/sequencer.ts";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    globalSetup: ["test/support/global-setup.ts"],
    setupFiles: ["test/support/clean-up.ts"],
    // For worker threads that a test starts.
    execArgv: ["--import", new URL("test/support/typescript-in-threads.mjs", import.meta.url).href],
    pool: "forks",
    // Each has processes and servers of its own: more than two at a time starve each other on two cores.
    maxWorkers: 2,
    sequence: { sequencer: Sequencer },
    // No measure of anything: a test waits for conditions (test/support/until.ts).
    testTimeout: 180_000,
    hookTimeout: 180_000,
  },
});
