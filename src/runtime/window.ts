export interface Window {
  add(bytes: number): void;
  remove(bytes: number): void;
  messages(): number;
  bytes(): number;
}

/** Counts what is held: says `full` when reading must stop and `room` once half of it is gone. */
export function createWindow(
  bound: { messages: number; bytes: number },
  { full, room }: { full(): void; room(): void },
): Window {
  let messages = 0;
  let bytes = 0;
  let isFull = false;
  return {
    add(size) {
      messages += 1;
      bytes += size;
      if (isFull || (messages < bound.messages && bytes < bound.bytes)) return;
      isFull = true;
      full();
    },
    remove(size) {
      messages -= 1;
      bytes -= size;
      if (!isFull || messages > bound.messages / 2 || bytes > bound.bytes / 2) return;
      isFull = false;
      room();
    },
    messages: () => messages,
    bytes: () => bytes,
  };
}
