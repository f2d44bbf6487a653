import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { basename, dirname } from "node:path";
import { TmonError } from "../errors.ts";
import { describeHolders, findHolders, findStoppedHolders } from "./holders.ts";

const patienceMs = 3_000;

/** Takes the write lock once and lets it go. Run in a child, which can be killed while it waits. */
const takeLock = `
const [lmdb, file, settings] = process.argv.slice(1);
const { open } = await import(lmdb);
await open(file, JSON.parse(settings)).close();
`;

/**
 * Looks whether the write lock can be had, but only where somebody may be sitting on it: where a stopped process
 * has the file open, or nobody can tell. An ordinary start pays for one look into /proc.
 * `settings`: what lmdb is to open it with.
 * @throws TmonError TMON_DATA_DIR_BUSY
 */
export function refuseWhileLocked(file: string, settings: object): void {
  if (!existsSync(file) || findStoppedHolders(file)?.length === 0) return;
  const child = spawnSync(
    process.execPath,
    [
      "--input-type=module",
      "--eval",
      takeLock,
      "--",
      import.meta.resolve("lmdb"),
      file,
      JSON.stringify(settings),
    ],
    { timeout: patienceMs, killSignal: "SIGKILL", stdio: "ignore" },
  );
  if (child.signal !== "SIGKILL") return;
  throw new TmonError(
    "TMON_DATA_DIR_BUSY",
    `${basename(file)} in ${dirname(file)} is locked: ${describeHolders(findHolders(file) ?? [])}`,
    "let that process go on (kill -CONT) or end it, then start again",
  );
}
