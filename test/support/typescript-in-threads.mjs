// Worker threads that a test starts load TypeScript as their parent does; for the test itself vitest does it.
import { isMainThread } from "node:worker_threads";

if (!isMainThread) await import("../../scripts/typescript.mjs");
