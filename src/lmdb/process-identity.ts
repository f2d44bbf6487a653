import { readFileSync } from "node:fs";

/** A process, told apart from a later one with the same pid. One PID namespace. */
export interface ProcessIdentity {
  pid: number;
  /** Clock ticks between boot and the process's start; "" where there is no /proc. */
  startTime: string;
  /** Changes with every boot; "" where there is no /proc. */
  bootId: string;
}

export interface ProcessState {
  /** The kernel's letter: R, S, D, T (stopped), Z (zombie), … */
  state: string;
  startTime: string;
}

export const ownIdentity: Readonly<ProcessIdentity> = Object.freeze({
  pid: process.pid,
  startTime: processState(process.pid)?.startTime ?? "",
  bootId: readText("/proc/sys/kernel/random/boot_id")?.trim() ?? "",
});

export function isAlive(identity: ProcessIdentity): boolean {
  if (identity.bootId !== ownIdentity.bootId) return false;
  try {
    process.kill(identity.pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
  const now = processState(identity.pid);
  if (now === undefined || identity.startTime === "") return true;
  return now.startTime === identity.startTime && now.state !== "Z" && now.state !== "X";
}

/** Undefined where there is no such process, or no /proc. */
export function processState(pid: number): ProcessState | undefined {
  const stat = readText(`/proc/${pid}/stat`);
  // Fields follow the name, which is in parentheses and may hold spaces: man 5 proc, fields 3 and 22.
  const fields = stat?.slice(stat.lastIndexOf(")") + 2).split(" ");
  const [state, startTime] = [fields?.[0], fields?.[19]];
  return state === undefined || startTime === undefined ? undefined : { state, startTime };
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}
