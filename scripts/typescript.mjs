// Loads TypeScript from source, in worker threads too: on Node 20 tsx alone reaches only the main thread.
//   node --import ./scripts/typescript.mjs FILE.ts
import "tsx";
import module from "node:module";
import { isMainThread } from "node:worker_threads";
import { register } from "tsx/esm/api";

if (!isMainThread && !("registerHooks" in module)) register();
