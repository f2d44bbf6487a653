import type { OutgoingMessage, ReceivedMessage } from "../bus.ts";
import { partitionOf } from "../partitioner.ts";
import type { RecordKey } from "./tables.ts";

/**
 * A record: append time (float64, epoch ms), lengths of key and headers (uint32 each), key (UTF-8), headers (a
 * JSON object, or nothing), value. Numbers are little-endian.
 */
const fixedBytes = 16;

export interface PreparedRecord {
  topic: string;
  partition: number;
  /** Complete but for the append time. */
  record: Buffer;
}

/** `partitions`: how many the message's topic has. */
export function prepareRecord(message: OutgoingMessage, partitions: number): PreparedRecord {
  const { topic, key, value, headers, partition = partitionOf(key, partitions) } = message;
  const headerText = headers === undefined ? "" : JSON.stringify(headers);
  const keyBytes = Buffer.byteLength(key);
  const headerBytes = Buffer.byteLength(headerText);
  const record = Buffer.allocUnsafe(fixedBytes + keyBytes + headerBytes + value.length);
  record.writeUInt32LE(keyBytes, 8);
  record.writeUInt32LE(headerBytes, 12);
  record.write(key, fixedBytes);
  record.write(headerText, fixedBytes + keyBytes);
  value.copy(record, fixedBytes + keyBytes + headerBytes);
  return { topic, partition, record };
}

export function stampRecord(record: Buffer, timestamp: number): void {
  record.writeDoubleLE(timestamp, 0);
}

/** The answer's value shares the record's memory. */
export function decodeRecord([topic, partition, offset]: RecordKey, record: Buffer): ReceivedMessage {
  const keyEnd = fixedBytes + record.readUInt32LE(8);
  const headersEnd = keyEnd + record.readUInt32LE(12);
  return {
    topic,
    partition,
    offset,
    key: record.toString("utf8", fixedBytes, keyEnd),
    timestamp: record.readDoubleLE(0),
    headers: headersEnd === keyEnd ? {} : JSON.parse(record.toString("utf8", keyEnd, headersEnd)),
    value: record.subarray(headersEnd),
  };
}
