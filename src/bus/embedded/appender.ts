import type { Environment } from "../../lmdb/environment.ts";
import { writeError } from "../../lmdb/write-error.ts";
import type { Log, PartitionedMessage } from "./log.ts";
import type { Retention } from "./retention.ts";
import { createSegmentWriter, type SegmentWriter, segmentPath } from "./segment-files.ts";
import { beginSegment, sealSegment } from "./segment-rows.ts";
import type { ChangeSignal } from "./signal.ts";
import { announceChange, type Tables } from "./tables.ts";

/** Writes messages to the log: their values to this process's own segment, then all the rest at once. */
export interface Appender {
  /** True when they are durable, false when the log would hold more than `limit` bytes. One after the other. */
  append(messages: readonly PartitionedMessage[], limit: number): Promise<boolean>;
  close(): Promise<void>;
}

interface AppenderParts {
  environment: Environment;
  tables: Tables;
  log: Log;
  retention: Retention;
  directory: string;
  durability: "process" | "power";
  /** A segment is sealed once it holds so much. */
  segmentBytes: number;
  /** Segments may have been removed. */
  sweep(): void;
  /** Called after each transaction with new messages. */
  appended: ChangeSignal["raise"];
}

export function createAppender(parts: AppenderParts): Appender {
  const { environment, tables, log, retention } = parts;
  let writer: SegmentWriter | undefined;
  let last: Promise<unknown> = Promise.resolve();

  function append(messages: readonly PartitionedMessage[], limit: number): Promise<boolean> {
    const appended = last.then(() => appendNow(messages, limit));
    last = appended.catch(() => {});
    return appended;
  }

  async function appendNow(messages: readonly PartitionedMessage[], limit: number): Promise<boolean> {
    const bytes = messages.reduce((sum, { value }) => sum + value.length, 0);
    if (!(await hasRoom(limit - bytes))) return false;
    const { segment, position } = await writeValues(messages.map(({ value }) => value));
    const change = await environment.write(() => {
      log.append(messages, segment, position);
      return announceChange(tables);
    });
    parts.appended(change, new Set(messages.map(({ topic }) => topic)));
    return true;
  }

  async function hasRoom(most: number): Promise<boolean> {
    const fits = () => environment.read(retention.size) <= most;
    if (fits()) return true;
    // An open segment cannot be removed: what it holds may be just what fills the bus.
    await seal();
    await environment.write(() => retention.shrinkTo(most));
    parts.sweep();
    return fits();
  }

  async function writeValues(values: readonly Buffer[]): Promise<{ segment: number; position: number }> {
    if (writer !== undefined && writer.size() >= parts.segmentBytes) await seal();
    writer ??= await begin();
    const { segment } = writer;
    try {
      return { segment, position: await writer.append(values) };
    } catch (error) {
      throw await writeError(segmentPath(parts.directory, segment), error);
    }
  }

  async function begin(): Promise<SegmentWriter> {
    const segment = await environment.write(() => beginSegment(tables));
    try {
      return await createSegmentWriter(parts.directory, segment, parts.durability);
    } catch (error) {
      throw await writeError(segmentPath(parts.directory, segment), error);
    }
  }

  async function seal(): Promise<void> {
    const sealed = writer;
    writer = undefined;
    if (sealed === undefined) return;
    await sealed.close();
    await environment.write(() => sealSegment(tables, sealed.segment));
  }

  return { append, close: seal };
}
