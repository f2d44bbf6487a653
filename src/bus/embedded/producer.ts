import { TmonError } from "../../errors.ts";
import type { OutgoingMessage } from "../bus.ts";
import type { Appender } from "./appender.ts";
import type { PartitionedMessage } from "./log.ts";

/** One call of produce: written whole, in the order of the calls, or rejected. */
interface Call {
  messages: PartitionedMessage[];
  bytes: number;
  resolve(): void;
  reject(error: unknown): void;
}

export interface Producer {
  produce(messages: readonly OutgoingMessage[]): Promise<void>;
  trouble(): string | undefined;
  /** Calls that wait for room are rejected with TMON_BUS_FULL; the others are written. */
  close(): Promise<void>;
}

interface ProducerOptions {
  maxBytes: number;
  place(message: OutgoingMessage): PartitionedMessage;
  /** Called after each transaction with new messages. */
  written(): void;
}

/** Other processes wait for the lock meanwhile. */
const batchBytes = 8 * 1024 * 1024;
const fullRetryMs = 100;

/**
 * The calls of one turn, and those that come while a batch is being written, share the next one.
 *
 *   idle -> gathering (until the turn's end) -> writing -> idle | writing | full (tries again) -> writing
 */
export function createProducer(appender: Appender, options: ProducerOptions): Producer {
  const waiting: Call[] = [];
  let running: Promise<void> | undefined;
  let fullSince: number | undefined;
  let closing = false;

  async function produce(outgoing: readonly OutgoingMessage[]): Promise<void> {
    if (outgoing.length === 0) return;
    const messages = outgoing.map(options.place);
    const bytes = messages.reduce((sum, { value }) => sum + value.length, 0);
    if (closing) throw busFull("it is closing");
    if (bytes > options.maxBytes) throw busFull(`${bytes} bytes at once are more than it may ever hold`);
    return new Promise((resolve, reject) => {
      waiting.push({ messages, bytes, resolve, reject });
      running ??= run();
    });
  }

  async function run(): Promise<void> {
    await new Promise(setImmediate);
    while (waiting.length > 0) {
      const calls = nextBatch();
      try {
        while (!(await appender.append(calls.flatMap((call) => call.messages)))) await waitForRoom();
        for (const call of calls) call.resolve();
        fullSince = undefined;
        options.written();
      } catch (error) {
        for (const call of calls) call.reject(error);
      }
    }
    running = undefined;
  }

  function nextBatch(): Call[] {
    let bytes = 0;
    const after = waiting.findIndex((call, index) => {
      bytes += call.bytes;
      return index > 0 && bytes > Math.min(batchBytes, options.maxBytes / 4);
    });
    return waiting.splice(0, after === -1 ? waiting.length : after);
  }

  async function waitForRoom(): Promise<void> {
    if (closing) throw busFull("it is closing");
    fullSince ??= performance.now();
    await new Promise((resolve) => setTimeout(resolve, fullRetryMs));
  }

  return {
    produce,
    trouble() {
      if (fullSince === undefined) return undefined;
      const seconds = Math.floor((performance.now() - fullSince) / 1000);
      return `the bus is full: a group has not read the oldest of its ${options.maxBytes} bytes; producers have waited for ${seconds} s`;
    },
    async close() {
      closing = true;
      await running;
    },
  };
}

function busFull(why: string): TmonError {
  return new TmonError(
    "TMON_BUS_FULL",
    `The bus has no room for a message: ${why}.`,
    "Start the roles that read the bus, or raise retention.size in tmon.yaml.",
  );
}
