import { setImmediate as nextTurn } from "node:timers/promises";
import type { Bus, ConsumeOptions, Consumer, OutgoingMessage } from "../../../src/bus/bus.ts";

const partitions = Array.from({ length: 16 }, (_, partition) => partition);

export interface MemoryBus extends Bus {
  /** Hands out so many more messages. */
  handOut(count: number): void;
}

/**
 * A bus that costs next to nothing: it makes a message when it hands it out, in the memory of an acknowledged one,
 * keeps so many unacknowledged, and forgets what is written to it.
 */
export function createMemoryBus(
  message: (index: number, into?: Buffer) => OutgoingMessage,
  mostOpen: number,
): MemoryBus {
  const acknowledgedValues: Buffer[] = [];
  let consuming: ConsumeOptions | undefined;
  let delivered = 0;
  let acknowledged = 0;
  let wanted = 0;
  let paused = false;

  function deliver(): void {
    while (!paused && delivered < wanted && delivered - acknowledged < mostOpen) {
      const offset = delivered++;
      let isOpen = true;
      const { topic, key, value } = message(offset, acknowledgedValues.pop());
      consuming?.deliver({
        topic,
        key,
        value,
        headers: {},
        partition: offset % partitions.length,
        offset,
        timestamp: Date.now(),
        // Methods: arrow functions are given a name each time by what loads this from source.
        owned() {
          return isOpen;
        },
        abandon() {
          isOpen = false;
        },
        acknowledge() {
          acknowledged += 1;
          acknowledgedValues.push(value);
          deliverSoon();
        },
      });
    }
  }

  let soon = false;
  function deliverSoon(): void {
    if (soon) return;
    soon = true;
    setImmediate(() => {
      soon = false;
      deliver();
    });
  }

  const consumer: Consumer = {
    pause: () => {
      paused = true;
    },
    resume: () => {
      paused = false;
      deliverSoon();
    },
    assignment: () => partitions,
    inFlight: () => delivered - acknowledged,
    lastProgressAt: () => Date.now(),
    stop: async () => {},
    failed: new Promise<never>(() => {}),
  };

  return {
    kind: "embedded",
    produce: () => nextTurn(),
    async consume(options) {
      consuming = options;
      options.assigned?.(partitions);
      return consumer;
    },
    async *read() {},
    describeTopics: async (topics) =>
      topics.flatMap((topic) =>
        partitions.map((partition) => ({ topic, partition, earliest: 0, end: delivered })),
      ),
    describeGroup: async () => [],
    trouble: () => undefined,
    close: async () => {},
    handOut(count) {
      wanted += count;
      deliverSoon();
    },
  };
}
