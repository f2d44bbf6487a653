import { link, readFile, rename, rm, writeFile } from "node:fs/promises";
import { TmonError } from "../../errors.ts";
import { isAlive, ownIdentity, type ProcessIdentity } from "../../lmdb/process-identity.ts";

/**
 * Keeps other processes of this machine from writing what `file` is named after; answers how to let go. That of a
 * process that is gone is taken over.
 * @throws TmonError TMON_MODEL_BUSY
 */
export async function lock(file: string): Promise<() => Promise<void>> {
  const own = `${file}.${process.pid}`;
  await writeFile(own, JSON.stringify(ownIdentity));
  try {
    // Whole from the first moment, unlike a file that is created and then written.
    while (!(await isLinked(own, file))) {
      const owner = await ownerOf(file);
      if (owner && isAlive(owner)) throw busy(file, owner.pid);
      const aside = `${own}.old`;
      await rename(file, aside).catch(() => {});
      await rm(aside, { force: true });
    }
  } finally {
    await rm(own, { force: true });
  }
  return () => rm(file, { force: true });
}

async function isLinked(own: string, file: string): Promise<boolean> {
  try {
    await link(own, file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
}

/** Undefined if it is gone meanwhile, or says nothing. */
async function ownerOf(file: string): Promise<ProcessIdentity | undefined> {
  try {
    return JSON.parse(await readFile(file, "utf8"));
  } catch {
    return undefined;
  }
}

function busy(file: string, pid: number): TmonError {
  return new TmonError(
    "TMON_MODEL_BUSY",
    `process ${pid} is fetching the same model`,
    `wait for it; if it is no tmon, remove ${file}`,
  );
}
