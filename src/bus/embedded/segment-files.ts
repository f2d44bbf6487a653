import { closeSync, openSync, readdirSync, readSync, rmSync } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { join } from "node:path";

/**
 * The messages' values, one behind the other in plain files, apart from LMDB: what LMDB reads stays mapped, so a
 * process would seem to grow by all it ever read; and a removed file gives its room back to the disk.
 */
export interface SegmentReader {
  /** Undefined when the file is gone or too short. */
  read(segment: number, position: number, length: number): Buffer | undefined;
  /** Lets go of files that are no longer there. */
  forget(exists: (segment: number) => boolean): void;
  close(): void;
}

export interface SegmentWriter {
  readonly segment: number;
  /** Bytes written so far. */
  size(): number;
  /** Resolves with the position of the first value when all are written. */
  append(values: readonly Buffer[]): Promise<number>;
  close(): Promise<void>;
}

const maxOpenFiles = 16;

export const segmentPath = (directory: string, segment: number): string =>
  join(directory, `${segment}.segment`);

export function createSegmentReader(directory: string): SegmentReader {
  /** The least recently used first. */
  const files = new Map<number, number>();

  function descriptorOf(segment: number): number | undefined {
    const descriptor = files.get(segment) ?? openIfThere(segmentPath(directory, segment));
    if (descriptor === undefined) return undefined;
    files.delete(segment);
    files.set(segment, descriptor);
    for (const oldest of files.keys()) {
      if (files.size <= maxOpenFiles) break;
      drop(oldest);
    }
    return descriptor;
  }

  function drop(segment: number): void {
    closeSync(files.get(segment)!);
    files.delete(segment);
  }

  return {
    read(segment, position, length) {
      const descriptor = descriptorOf(segment);
      if (descriptor === undefined) return undefined;
      const value = Buffer.allocUnsafeSlow(length);
      return readSync(descriptor, value, 0, length, position) === length ? value : undefined;
    },
    forget(exists) {
      for (const segment of [...files.keys()]) if (!exists(segment)) drop(segment);
    },
    close() {
      for (const segment of [...files.keys()]) drop(segment);
    },
  };
}

export async function createSegmentWriter(
  directory: string,
  segment: number,
  durability: "process" | "power",
): Promise<SegmentWriter> {
  const file: FileHandle = await open(segmentPath(directory, segment), "wx", 0o600);
  let size = 0;
  return {
    segment,
    size: () => size,
    async append(values) {
      const position = size;
      const bytes = values.reduce((sum, value) => sum + value.length, 0);
      const { bytesWritten } = await file.writev([...values], position);
      if (bytesWritten !== bytes) throw new Error("no space left on the disk");
      if (durability === "power") await file.datasync();
      size += bytes;
      return position;
    },
    close: () => file.close(),
  };
}

/** Removes the files of segments that have no row: emptied ones, and what a killed process left. */
export function sweepSegments(directory: string, rows: () => { has(segment: number): boolean }): void {
  // In this order: a segment's row is written before its file.
  const files = readdirSync(directory).filter((name) => name.endsWith(".segment"));
  const known = rows();
  for (const name of files)
    if (!known.has(Number.parseInt(name, 10))) rmSync(join(directory, name), { force: true });
}

function openIfThere(path: string): number | undefined {
  try {
    return openSync(path, "r");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}
