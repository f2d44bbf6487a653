import { mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { execa } from "execa";
import { stopKafka } from "./kafka.ts";
import { missing } from "./machine.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));

/**
 * Tests of the command line run what a user runs: the built program, made from the source as it is now. What
 * this machine cannot run is left out and named at the end; with TMON_TEST_REQUIRE=all it is a failure.
 */
export default async function setup(): Promise<() => Promise<void>> {
  const leftOut = missing();
  if (leftOut.length > 0 && process.env.TMON_TEST_REQUIRE === "all") {
    throw new Error(`this machine cannot run all tests:\n${leftOut.join("\n")}`);
  }
  if (builtAt() < newestSourceAt()) await execa("npm", ["run", "--silent", "build"], { cwd: root });
  // What test files share: they find it by these.
  const run = mkdtempSync(join(tmpdir(), "tmon-test-run-"));
  Object.assign(process.env, { TMON_TEST_RUN: run, TMON_TEST_RUN_PID: String(process.pid) });
  return async () => {
    await stopKafka(run);
    rmSync(run, { recursive: true, force: true });
    if (leftOut.length > 0)
      process.stderr.write(`\nLeft out are the tests that need\n  ${leftOut.join("\n  ")}\n`);
  };
}

/** The manifest's time would say nothing in a fresh clone, where it is there before any build. */
function builtAt(): number {
  return statSync(join(root, "dist/terminal/run.js"), { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

function newestSourceAt(): number {
  const files = readdirSync(join(root, "src"), { recursive: true, withFileTypes: true });
  return Math.max(...files.map((file) => statSync(join(file.parentPath, file.name)).mtimeMs));
}
