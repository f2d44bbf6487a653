import { TmonError } from "../../errors.ts";
import type { Environment } from "../../lmdb/environment.ts";
import type { OutgoingMessage } from "../bus.ts";
import type { Log } from "./log.ts";
import type { RecentRecords } from "./recent.ts";
import { type PreparedRecord, prepareRecord } from "./record.ts";
import type { Retention } from "./retention.ts";
import { announceChange, type Tables } from "./tables.ts";

/** One call of produce: written whole, in the order of the calls, or rejected. */
interface Call {
  records: PreparedRecord[];
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

interface ProducerParts {
  environment: Environment;
  tables: Tables;
  log: Log;
  recent: RecentRecords;
  retention: Retention;
  maxBytes: number;
  partitionsOf(topic: string): number;
  /** Called after each transaction with new messages. */
  written(): void;
}

/** Other processes wait for the lock meanwhile. */
const maxTransactionBytes = 8 * 1024 * 1024;
const fullRetryMs = 100;

/**
 * The calls of one turn, and those that come while a transaction is being written, share the next one.
 *
 *   idle -> gathering (until the turn's end) -> writing -> idle | gathering | full (tries again) -> writing
 */
export function createProducer(parts: ProducerParts): Producer {
  const { environment, tables, log, recent, retention, maxBytes } = parts;
  const waiting: Call[] = [];
  let running: Promise<void> | undefined;
  let fullSince: number | undefined;
  let closing = false;

  async function produce(messages: readonly OutgoingMessage[]): Promise<void> {
    if (messages.length === 0) return;
    const records = messages.map((message) => prepareRecord(message, parts.partitionsOf(message.topic)));
    const bytes = records.reduce((sum, { record }) => sum + record.length, 0);
    if (closing || bytes > maxBytes)
      throw busFull(closing ? "it is closing" : "one call holds more than that");
    return new Promise((resolve, reject) => {
      waiting.push({ records, bytes, resolve, reject });
      running ??= run();
    });
  }

  async function run(): Promise<void> {
    await new Promise(setImmediate);
    while (waiting.length > 0) {
      if (await writeSome()) continue;
      fullSince ??= performance.now();
      if (closing) break;
      await new Promise((resolve) => setTimeout(resolve, fullRetryMs));
    }
    for (const call of waiting.splice(0)) call.reject(busFull("it is closing"));
    running = undefined;
  }

  /** False when not even the first call fits. */
  async function writeSome(): Promise<boolean> {
    let written: Call[] = [];
    try {
      const keys = await environment.write(() => {
        written = takeFitting();
        if (written.length === 0) return [];
        announceChange(tables);
        return log.append(written.flatMap((call) => call.records));
      });
      if (written.length === 0) return false;
      fullSince = undefined;
      const records = written.flatMap((call) => call.records);
      keys.forEach((key, index) => void recent.add(key, records[index]!.record));
      for (const call of written) call.resolve();
      parts.written();
    } catch (error) {
      // Whatever of the calls was in the failed transaction, the first one was to be.
      const failed = written.length > 0 ? written : waiting.splice(0, 1);
      for (const call of failed) call.reject(error);
    }
    return true;
  }

  /** Within the transaction: takes calls off the queue, in order, as long as there is room. */
  function takeFitting(): Call[] {
    let room = retention.room();
    let taken = 0;
    const calls: Call[] = [];
    for (let next = waiting[0]; next !== undefined && taken < maxTransactionBytes; next = waiting[0]) {
      if (next.bytes > room) {
        retention.makeRoom(taken + next.bytes);
        room = retention.room() - taken;
        if (next.bytes > room) break;
      }
      calls.push(waiting.shift()!);
      room -= next.bytes;
      taken += next.bytes;
    }
    return calls;
  }

  return {
    produce,
    trouble: () =>
      fullSince === undefined
        ? undefined
        : `the bus is full (${maxBytes} bytes, all unread by some group): producers have been waiting for ${Math.floor((performance.now() - fullSince) / 1000)} s`,
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
    "Start the roles that read the bus, or raise retention.bytes in tmon.yaml.",
  );
}
