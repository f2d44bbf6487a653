import { constants, getPriority, setPriority } from "node:os";

const { PRIORITY_BELOW_NORMAL, PRIORITY_LOW } = constants.priority;

/**
 * Leaves a processor to others that want it. What decodes, draws and detects is busy for long; a main thread passes on what
 * they found in many short steps, and would wait for them at each.
 *
 * @param pid of a child process; 0: the calling thread. Only Linux knows a thread's priority, elsewhere nothing is done.
 */
export function giveWay(pid = 0): void {
  if (process.platform !== "linux") return;
  try {
    setPriority(pid, Math.min(PRIORITY_LOW, getPriority(pid) + PRIORITY_BELOW_NORMAL));
  } catch {
    // The child has ended already, or the system does not allow it: slower, not wrong.
  }
}
