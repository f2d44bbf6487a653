import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "vitest";

/** A fresh directory that is gone when the test file ends. */
export function temporaryDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), "tmon-test-"));
  afterAll(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}
