#!/usr/bin/env node
import { run } from "../dist/terminal/run.js";

await run(import.meta.url);
