import { TmonError } from "../../errors.ts";
import type { Appender } from "./appender.ts";
import type { PartitionedMessage } from "./log.ts";

/**
 * The calls of one turn, and those that come while a batch is being written, share the next one.
 *
 *   idle -> gathering (until the turn's end) -> writing -> idle | writing | full (tries again) -> writing
 */
export interface Stage {
  /**
   * Resolves when the messages are written: all of them, in the order of the calls.
   * @throws TmonError TMON_BUS_FULL when there has been no room for 2 s
   */
  write(messages: PartitionedMessage[]): Promise<void>;
  /** How long there has been no room, in ms; undefined while there is. */
  fullForMs(): number | undefined;
  close(): Promise<void>;
}

interface StageOptions {
  /** Bytes that all topics together may take before a message of this stage waits. */
  limit: number;
}

/** One call: written whole, or rejected. */
interface Call {
  messages: PartitionedMessage[];
  bytes: number;
  since: number;
  resolve(): void;
  reject(error: unknown): void;
}

/** Other processes wait for the lock meanwhile. */
const batchBytes = 8 * 1024 * 1024;
const fullRetryMs = 100;
/** Whoever waits longer is to know it, and to take nothing more in. */
const patienceMs = 2_000;
/** A refused producer comes again within this time, or has given up. */
const refusalCountsMs = 10_000;

export function createStage(appender: Appender, { limit }: StageOptions): Stage {
  const waiting: Call[] = [];
  let running: Promise<void> | undefined;
  let full: { since: number; at: number } | undefined;
  let closing = false;

  function write(messages: PartitionedMessage[]): Promise<void> {
    const bytes = messages.reduce((sum, { value }) => sum + value.length, 0);
    return new Promise((resolve, reject) => {
      if (bytes > limit) return reject(busFull(`${bytes} bytes at once are more than it may ever take`));
      waiting.push({ messages, bytes, since: performance.now(), resolve, reject });
      running ??= run();
    });
  }

  async function run(): Promise<void> {
    await new Promise(setImmediate);
    while (waiting.length > 0) {
      const calls = nextBatch();
      try {
        if (
          await appender.append(
            calls.flatMap((call) => call.messages),
            limit,
          )
        ) {
          full = undefined;
          for (const call of calls) call.resolve();
        } else {
          waiting.unshift(...calls);
          await waitForRoom();
        }
      } catch (error) {
        for (const call of calls) call.reject(error);
      }
    }
    running = undefined;
  }

  /** What does not fit together may fit one by one. */
  function nextBatch(): Call[] {
    let bytes = 0;
    const after = waiting.findIndex((call, index) => {
      bytes += call.bytes;
      return index > 0 && (full !== undefined || bytes > Math.min(batchBytes, limit / 4));
    });
    return waiting.splice(0, after === -1 ? waiting.length : after);
  }

  async function waitForRoom(): Promise<void> {
    const now = performance.now();
    full = { since: fullForMs() === undefined ? now : full!.since, at: now };
    const refused = (call: Call) => closing || now - call.since >= patienceMs;
    for (const call of waiting.filter(refused))
      call.reject(busFull(closing ? "it is closing" : "a group has not read what fills it"));
    waiting.splice(0, waiting.length, ...waiting.filter((call) => !refused(call)));
    if (waiting.length > 0) await new Promise((resolve) => setTimeout(resolve, fullRetryMs));
  }

  function fullForMs(): number | undefined {
    const now = performance.now();
    return full !== undefined && now - full.at < refusalCountsMs ? now - full.since : undefined;
  }

  return {
    write,
    fullForMs,
    async close() {
      closing = true;
      await running;
    },
  };
}

export function busFull(why: string): TmonError {
  return new TmonError(
    "TMON_BUS_FULL",
    `the bus has no room for a message: ${why}`,
    "start the roles that read the bus, or raise retention.size in tmon.yaml",
  );
}
