import { basename } from "node:path";
import { open, type RootDatabase, type RootDatabaseOptions } from "lmdb";
import { TmonError } from "../errors.ts";
import { guardExit } from "./exit-guard.ts";
import { describeHolders, findHolders } from "./holders.ts";
import { refuseWhileLocked } from "./probe.ts";
import { writeError } from "./write-error.ts";

export interface EnvironmentOptions {
  /**
   * An awaited write survives kill -9 (process) or power loss too (power). `boot`: kill -9, and the file is not to be
   * opened any more once the machine went down; nothing is ever flushed, and transactions are made in the calling thread.
   */
  durability: "process" | "power" | "boot";
}

/** One LMDB file, shared by any number of processes. */
export interface Environment {
  readonly root: RootDatabase;
  /**
   * One write transaction; resolves with the body's value when it is durable. Bodies of one turn may share a
   * transaction, and what a body wrote before it threw may stay: a body checks first and writes then.
   * @throws TmonError TMON_DISK_FULL, TMON_BUS_WRITE; whatever the body threw
   */
  write<T>(body: () => T): Promise<T>;
  /** Reads the newest state; the snapshot ends with the body. Not for use within a write. */
  read<T>(body: () => T): T;
  /** Says who holds the write lock once a write has waited for 2 s; not with `boot`, where the thread itself waits. */
  trouble(): string | undefined;
  close(): Promise<void>;
}

const slowWriteMs = 2_000;

/**
 * Opens or creates the file. Opening takes the write lock in this very thread: a process that is stopped while
 * it holds the lock would block it for ever, so that is looked for first.
 * @throws TmonError TMON_DATA_DIR_BUSY, TMON_DATA_DIR_UNWRITABLE, TMON_DISK_FULL
 */
export function openEnvironment(file: string, options: EnvironmentOptions): Environment {
  // With batching by turns, a commit that fails also rejects a promise that nobody can reach: Node would end.
  const settings = {
    noSubdir: true,
    maxDbs: 16,
    eventTurnBatching: false,
    noSync: options.durability === "boot",
  };
  refuseWhileLocked(file, settings);
  const root = openRoot(file, settings);
  const waitingSince = new Set<{ at: number }>();
  // Where no disk is waited for, another thread's turn takes longer than the transaction.
  const transact =
    options.durability === "boot"
      ? async <T>(body: () => T): Promise<T> => root.transactionSync(body)
      : <T>(body: () => T): Promise<T> => root.transaction(body);

  async function write<T>(body: () => T): Promise<T> {
    const waiting = { at: performance.now() };
    waitingSince.add(waiting);
    const ended = guardExit();
    let thrown: { error: unknown } | undefined;
    try {
      const result = await transact(() => {
        try {
          return body();
        } catch (error) {
          thrown = { error };
          throw error;
        }
      });
      if (options.durability === "power") await root.flushed;
      root.flushed.then(ended, ended);
      return result;
    } catch (error) {
      ended();
      if (thrown !== undefined) throw thrown.error;
      throw await writeError(file, error);
    } finally {
      waitingSince.delete(waiting);
    }
  }

  function read<T>(body: () => T): T {
    root.resetReadTxn();
    try {
      return body();
    } finally {
      root.resetReadTxn();
    }
  }

  function trouble(): string | undefined {
    const [oldest] = waitingSince;
    const waitedMs = oldest === undefined ? 0 : performance.now() - oldest.at;
    if (waitedMs < slowWriteMs) return undefined;
    const holders = findHolders(file);
    const who = holders === undefined ? "" : `: ${describeHolders(holders)}`;
    return `a write to ${basename(file)} has been waiting for ${Math.floor(waitedMs / 1000)} s${who}`;
  }

  return { root, write, read, trouble, close: () => root.close() };
}

function openRoot(file: string, settings: RootDatabaseOptions): RootDatabase {
  try {
    return open(file, settings);
  } catch (error) {
    throw new TmonError(
      "TMON_DATA_DIR_UNWRITABLE",
      `${file} cannot be opened: ${error instanceof Error ? error.message : String(error)}`,
      "check that the directory is on a local disk, has room and belongs to this user, or name another one with --data-dir",
      { cause: error },
    );
  }
}
