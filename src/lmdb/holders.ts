import { readdirSync, readFileSync, readlinkSync, realpathSync } from "node:fs";
import { basename } from "node:path";
import { processState } from "./process-identity.ts";

/** Another process that has a file open. */
export interface Holder {
  pid: number;
  command: string;
  /** By SIGSTOP, Ctrl-Z or a debugger: it keeps every lock it has. */
  stopped: boolean;
}

/** Undefined where there is no /proc. Processes of other users may be missing. */
export function findHolders(file: string): Holder[] | undefined {
  return holdersAmong(file, () => true);
}

/** As findHolders, those alone that are stopped; quick, as it looks at no others. */
export function findStoppedHolders(file: string): Holder[] | undefined {
  return holdersAmong(file, isStopped);
}

export function describeHolders(holders: readonly Holder[]): string {
  const stopped = holders.filter((holder) => holder.stopped);
  const named = (stopped.length > 0 ? stopped : holders)
    .map((holder) => `${holder.pid} (${holder.command})`)
    .join(", ");
  if (stopped.length > 0) return `the stopped process ${named} holds its write lock`;
  return holders.length > 0 ? `open in process ${named}` : "no other process has it open";
}

function holdersAmong(file: string, candidate: (pid: number) => boolean): Holder[] | undefined {
  let pids: number[];
  try {
    pids = readdirSync("/proc").map(Number).filter(Number.isInteger);
  } catch {
    return undefined;
  }
  const path = realPath(file);
  return pids
    .filter((pid) => pid !== process.pid && candidate(pid) && hasOpen(pid, path))
    .map((pid) => ({ pid, command: commandOf(pid), stopped: isStopped(pid) }));
}

function isStopped(pid: number): boolean {
  return processState(pid)?.state.toUpperCase() === "T";
}

function hasOpen(pid: number, path: string): boolean {
  const folder = `/proc/${pid}/fd`;
  try {
    return readdirSync(folder).some((descriptor) => linkTarget(`${folder}/${descriptor}`) === path);
  } catch {
    return false;
  }
}

function linkTarget(path: string): string | undefined {
  try {
    return readlinkSync(path);
  } catch {
    return undefined;
  }
}

function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}

/** The program and its first words: arguments may hold passwords. */
function commandOf(pid: number): string {
  try {
    const words = readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0");
    return words
      .filter((word) => word !== "" && !word.startsWith("-"))
      .slice(0, 2)
      .map((word) => basename(word))
      .join(" ");
  } catch {
    return "?";
  }
}
