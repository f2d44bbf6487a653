import { constants } from "node:os";
import { messageOf, TmonError } from "../errors.ts";

/** LMDB's own code for a map that cannot grow: lmdb.h. */
const mapFull = -30792;
const full: readonly unknown[] = [
  constants.errno.ENOSPC,
  constants.errno.EDQUOT,
  constants.errno.EFBIG,
  mapFull,
];

/** What a failed write transaction comes to. lmdb-js gives a commit's cause by a promise of its own. */
export async function writeError(file: string, error: unknown): Promise<TmonError> {
  const cause = await commitError(error);
  const code = (cause as { code?: unknown }).code;
  const text = messageOf(cause);
  if (full.includes(code) || /no space left|disk quota|MDB_MAP_FULL/i.test(text))
    return new TmonError(
      "TMON_DISK_FULL",
      `no room to write ${file}: ${text}`,
      "free some disk space, or lower retention.size in tmon.yaml",
      { cause },
    );
  return new TmonError(
    "TMON_BUS_WRITE",
    `${file} could not be written: ${text}`,
    "look at the disk's health and the kernel's log, then start again",
    { cause },
  );
}

async function commitError(error: unknown): Promise<unknown> {
  try {
    await (error as { commitError?: Promise<never> }).commitError;
    return error;
  } catch (cause) {
    return cause;
  }
}
