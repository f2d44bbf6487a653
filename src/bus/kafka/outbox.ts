import type { OutgoingMessage } from "../bus.ts";

/** Messages that wait to be sent, in the order of the calls. */
export interface Outbox {
  /** Resolves when all of them are written. */
  add(messages: readonly PlacedMessage[]): Promise<void>;
  /** The next to be sent together: of each partition the oldest, as many as a batch may hold. */
  next(): Entry[];
  isEmpty(): boolean;
}

export type PlacedMessage = OutgoingMessage & { partition: number };

export interface Entry {
  message: PlacedMessage;
  written(): void;
  failed(error: unknown): void;
}

/** Beside its value and key: headers, and what Kafka writes around a record. */
const recordBytes = 512;
/** Below the power of two to which the library rounds a request up. */
const sendBytes = 8_000_000;

export function createOutbox(batchBytes: number): Outbox {
  let waiting: Entry[] = [];

  return {
    add: (messages) =>
      new Promise((resolve, reject) => {
        let left = messages.length;
        if (left === 0) return resolve();
        for (const message of messages)
          waiting.push({
            message,
            written: () => {
              left -= 1;
              if (left === 0) resolve();
            },
            failed: reject,
          });
      }),
    next() {
      const taken: Entry[] = [];
      const left: Entry[] = [];
      /** By partition; full is infinite: nothing overtakes there. */
      const sizes = new Map<string, number>();
      let total = 0;
      for (const entry of waiting) {
        const { topic, partition, key, value } = entry.message;
        const place = `${topic}/${partition}`;
        const size = sizes.get(place) ?? 0;
        const bytes = value.length + key.length + recordBytes;
        const fits = size === 0 || size + bytes <= batchBytes;
        if (fits && (total < sendBytes || taken.length === 0)) {
          taken.push(entry);
          sizes.set(place, size + bytes);
          total += bytes;
        } else {
          left.push(entry);
          sizes.set(place, Number.POSITIVE_INFINITY);
        }
      }
      waiting = left;
      return taken;
    },
    isEmpty: () => waiting.length === 0,
  };
}
