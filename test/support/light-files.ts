import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** What starts a process, changes what all files share, or cleans up but once. */
const needsItsOwnProcess = /"execa"|"node:child_process"|process\.env|\bvi\.|^afterAll/m;

/** The test files that only call functions: one process can run them all, and loads what they test but once. */
export function lightFiles(): string[] {
  const files = readdirSync("test", { recursive: true, encoding: "utf8" });
  return files
    .filter((file) => file.endsWith(".test.ts"))
    .map((file) => join("test", file))
    .filter((file) => sources(file).every((source) => !needsItsOwnProcess.test(source)));
}

/** The texts of a file and of what it imports below test/. */
function sources(file: string, read = new Map<string, string>()): string[] {
  if (!file.startsWith("test") || read.has(file)) return [];
  const source = readFileSync(file, "utf8");
  read.set(file, source);
  for (const [, path = ""] of source.matchAll(/from "(\..+?)"/g)) sources(join(dirname(file), path), read);
  return [...read.values()];
}
