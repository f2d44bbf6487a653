import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    globalSetup: ["test/support/global-setup.ts"],
    setupFiles: ["test/support/clean-up.ts"],
    // Worker threads started by a test load TypeScript as their parent does.
    execArgv: ["--import", new URL("scripts/typescript.mjs", import.meta.url).href],
    pool: "forks",
    maxWorkers: 2,
    testTimeout: 30_000,
    hookTimeout: 30_000,
  },
});
