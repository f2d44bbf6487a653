import type { CountedCall, CountedCalls } from "../room.ts";

export interface Reservation extends CountedCall {
  id: number;
  /** Its slot is taken until then; 0 without one. */
  openUntil: number;
}

/** The reservations of one quota group, the oldest first. */
export interface Window extends CountedCalls {
  /** `stored`: as bytes() gave them, or undefined where there are none. */
  read(stored: Buffer | undefined): void;
  /** Valid until the window is read again. */
  bytes(): Buffer;
  /** -1: not there. */
  find(id: number): number;
  /** The largest, 0 without any. */
  latestId(): number;
  /** How many hold a slot. */
  open(now: number): number;
  /** Calls ahead of now were made now; true if there were some. */
  bringBack(now: number): boolean;
  /** Those made until then that hold no slot. */
  forget(until: number, now: number): void;
  add(reservation: Reservation): void;
  remove(index: number): Reservation;
  /** Frees its slot. */
  end(index: number, tokens?: number): void;
}

/** Bare numbers, four to a reservation: [at, tokens, id, openUntil]. */
const width = 4;
const rowBytes = width * Float64Array.BYTES_PER_ELEMENT;

/**
 * Bare numbers in the same memory for every group and call: as objects the thousand reservations of a minute are more
 * for the garbage collector, at each call, than all the rest of it.
 */
export function createWindow(): Window {
  let numbers = new Float64Array(width * 256);
  let length = 0;

  function makeRoomFor(count: number): void {
    if (width * count <= numbers.length) return;
    const larger = new Float64Array(2 * width * count);
    larger.set(numbers.subarray(0, width * length));
    numbers = larger;
  }

  const at = (index: number): Reservation => {
    const place = width * index;
    return {
      at: numbers[place]!,
      tokens: numbers[place + 1]!,
      id: numbers[place + 2]!,
      openUntil: numbers[place + 3]!,
    };
  };
  const isOpen = (index: number, now: number) => numbers[width * index + 3]! > now;

  return {
    get length() {
      return length;
    },
    timeOf: (index) => numbers[width * index]!,
    tokensOf: (index) => numbers[width * index + 1]!,
    read(stored) {
      const size = stored?.length ?? 0;
      length = 0;
      makeRoomFor(size / rowBytes);
      length = size / rowBytes;
      // Copied, for stored bytes need not be aligned, and lmdb's memory is longer than it says.
      if (stored) new Uint8Array(numbers.buffer).set(stored.subarray(0, size));
    },
    bytes: () => Buffer.from(numbers.buffer, 0, rowBytes * length),
    find(id) {
      for (let index = length - 1; index >= 0; index--) if (numbers[width * index + 2] === id) return index;
      return -1;
    },
    latestId() {
      let latest = 0;
      for (let index = 0; index < length; index++) latest = Math.max(latest, numbers[width * index + 2]!);
      return latest;
    },
    open(now) {
      let count = 0;
      for (let index = 0; index < length; index++) if (isOpen(index, now)) count += 1;
      return count;
    },
    bringBack(now) {
      let first = length;
      while (first > 0 && numbers[width * (first - 1)]! > now) first -= 1;
      for (let index = first; index < length; index++) numbers[width * index] = now;
      return first < length;
    },
    forget(until, now) {
      let kept = 0;
      for (let index = 0; index < length; index++) {
        if (numbers[width * index]! <= until && !isOpen(index, now)) continue;
        for (let place = 0; place < width; place++)
          numbers[width * kept + place] = numbers[width * index + place]!;
        kept += 1;
      }
      length = kept;
    },
    add(reservation) {
      makeRoomFor(length + 1);
      const { at: time, tokens, id, openUntil } = reservation;
      numbers.set([time, tokens, id, openUntil], width * length);
      length += 1;
    },
    remove(index) {
      const removed = at(index);
      numbers.copyWithin(width * index, width * (index + 1), width * length);
      length -= 1;
      return removed;
    },
    end(index, tokens) {
      if (tokens !== undefined) numbers[width * index + 1] = tokens;
      numbers[width * index + 3] = 0;
    },
  };
}
