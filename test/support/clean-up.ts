import { afterAll } from "vitest";
import { removeTemporaryDirectories } from "./tmp.ts";

// Of every test file, also for directories made within a test, where registering would come too late.
afterAll(removeTemporaryDirectories);
