import type { Environment } from "../../lmdb/environment.ts";
import type { ReadOptions, ReceivedMessage } from "../bus.ts";
import type { Log } from "./log.ts";
import { type Cursor, placeCursors } from "./positions.ts";
import type { ChangeSignal } from "./signal.ts";

interface ReaderParts {
  environment: Environment;
  log: Log;
  signal: ChangeSignal;
  partitionsOf(topic: string): number;
  /** The bus closes. */
  closing: AbortSignal;
}

const pageMessages = 64;
const pageBytes = 1024 * 1024;

/** Copies a page and lets go of the log before it yields: a slow reader holds nothing. Oldest first. */
export async function* readMessages(
  parts: ReaderParts,
  options: ReadOptions,
): AsyncGenerator<ReceivedMessage> {
  const { environment, log } = parts;
  const stop = options.signal ? AbortSignal.any([options.signal, parts.closing]) : parts.closing;
  const cursors = environment.read(() => startingCursors(parts, options));
  while (!stop.aborted) {
    const page = environment.read(() => nextPage(log, cursors, options.untilEnd ?? false));
    for (const message of page) {
      if (stop.aborted) return;
      yield message;
    }
    if (page.length > 0) continue;
    if (options.untilEnd) return;
    await nextChange(parts.signal, options.topics, stop);
  }
}

function startingCursors(
  { log, partitionsOf }: ReaderParts,
  { topics, partition, from }: ReadOptions,
): Cursor[] {
  const cursors = topics.flatMap((topic) =>
    Array.from({ length: partitionsOf(topic) }, (_, number): Cursor => {
      const { start, end } = log.partition(topic, number);
      return { topic, partition: number, next: start, end };
    }),
  );
  const wanted = cursors.filter((cursor) => partition === undefined || cursor.partition === partition);
  placeCursors(log, wanted, from);
  return wanted;
}

/** The oldest messages of all partitions, by append time; moves the cursors on. */
function nextPage(log: Log, cursors: readonly Cursor[], fixedEnds: boolean): ReceivedMessage[] {
  const heads = cursors.map((cursor) => {
    const { start, end } = log.partition(cursor.topic, cursor.partition);
    cursor.next = Math.max(cursor.next, start);
    return { cursor, end: fixedEnds ? cursor.end : end, time: timeAt(log, cursor) };
  });
  const page: ReceivedMessage[] = [];
  let bytes = 0;
  let open = heads.filter(({ cursor, end }) => cursor.next < end);
  while (open.length > 0 && page.length < pageMessages && bytes < pageBytes) {
    const oldest = open.reduce((first, other) => (other.time < first.time ? other : first));
    const { cursor } = oldest;
    const message = log.read([cursor.topic, cursor.partition, cursor.next]);
    cursor.next += 1;
    oldest.time = timeAt(log, cursor);
    if (cursor.next >= oldest.end) open = open.filter((head) => head !== oldest);
    if (message === undefined) continue;
    page.push(message);
    bytes += message.value.length;
  }
  return page;
}

const timeAt = (log: Log, { topic, partition, next }: Cursor): number => log.timeOf([topic, partition, next]);

function nextChange(signal: ChangeSignal, topics: readonly string[], stop: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      unsubscribe();
      stop.removeEventListener("abort", done);
      resolve();
    };
    const unsubscribe = signal.subscribe(topics, done);
    stop.addEventListener("abort", done);
  });
}
