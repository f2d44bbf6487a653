import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { messageOf, TmonError } from "../errors.ts";
import { makeDirectory } from "../make-directory.ts";

/** Raised when the files' layout changes so that an older tmon would misread it: 2 has rows as plain maps. */
const format = 2;
/** What stands in files from here on is still read. */
const oldestFormat = 1;
const dataFile = /^(bus-segments|(bus|store|quotas-.*)\.mdb(-lock)?)$/;

/**
 * Makes the data directory fit for use: there, private to this user, writable, of this format. Files of an older
 * or unknown format are set aside in a folder of their own, never deleted.
 * @throws TmonError TMON_DATA_DIR_UNWRITABLE, TMON_DATA_DIR_NEWER
 */
export function prepareDataDirectory(directory: string): void {
  try {
    makeDirectory(directory, 0o700);
    checkFormat(directory);
  } catch (error) {
    if (error instanceof TmonError) throw error;
    throw new TmonError(
      "TMON_DATA_DIR_UNWRITABLE",
      `the data directory ${directory} cannot be written: ${messageOf(error)}`,
      "give this user write access to it, or name another one with --data-dir or TMON_DATA_DIR",
      { cause: error },
    );
  }
}

function checkFormat(directory: string): void {
  // In this order: whoever creates the files has written the format before.
  const files = readdirSync(directory).filter((name) => dataFile.test(name));
  const found = readFormat(directory);
  if (found !== undefined && found > format)
    throw new TmonError(
      "TMON_DATA_DIR_NEWER",
      `the data directory ${directory} has format ${found}; this tmon knows formats up to ${format}`,
      "upgrade tmon, or name another directory with --data-dir",
    );
  if ((found ?? 0) < oldestFormat && files.length > 0) setAside(directory, files);
  // Written anew on every start: it is also the test that the directory can be written.
  const draft = join(directory, `format.${process.pid}`);
  try {
    writeFileSync(draft, `${format}\n`, { mode: 0o600 });
    renameSync(draft, join(directory, "format"));
  } finally {
    rmSync(draft, { force: true });
  }
}

/** Undefined when there is none or it cannot be read as a number. */
function readFormat(directory: string): number | undefined {
  const file = join(directory, "format");
  if (!existsSync(file)) return undefined;
  const text = readFileSync(file, "utf8").trim();
  return /^\d+$/.test(text) ? Number(text) : undefined;
}

function setAside(directory: string, files: readonly string[]): void {
  const folder = join(directory, `set-aside-${new Date().toISOString().replaceAll(":", "-")}`);
  mkdirSync(folder, { mode: 0o700 });
  for (const name of files) renameSync(join(directory, name), join(folder, name));
}
