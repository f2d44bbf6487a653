#!/usr/bin/env node
// From source: npm run dev -- COMMAND
process.env.TMON_DEV = "1";
const { run } = await import("../src/terminal/run.ts");

await run(import.meta.url);
