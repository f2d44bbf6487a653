/**
 * lmdb-js cannot end a process while one of its threads writes: the thread waits for the lock, or for a callback
 * that no event loop will run any more, and the process hangs for ever with the lock in its hands. Whoever exits
 * without closing first, by a crash say, is ended the one way that always works; LMDB is built to survive it.
 */
const writing = new Set<object>();

process.on("exit", () => {
  if (writing.size > 0) process.kill(process.pid, "SIGKILL");
});

/** The answer says that the write has ended. */
export function guardExit(): () => void {
  const write = {};
  writing.add(write);
  return () => writing.delete(write);
}
