import type { KafkaMessage } from "kafkajs";
import { undecodableHeader } from "../bus.ts";
import { sized, varint } from "./varint.ts";

/**
 * Kafka's record batch, version 2. Of the bytes of its records, as the library hands them to a codec, the header
 * stands in the same memory right before:
 *
 *   firstOffset 8, length 4, leaderEpoch 4, magic 1, crc 4, attributes 2, lastOffsetDelta 4, firstTimestamp 8,
 *   maxTimestamp 8, producerId 8, producerEpoch 2, firstSequence 4, count 4, then the records
 */
const headerBytes = 61;

interface BatchHeader {
  firstOffset: bigint;
  lastOffsetDelta: number;
  count: number;
  /** The whole batch as it came. */
  bytes: Buffer;
}

function headerOf(records: Buffer): BatchHeader {
  const bytes = Buffer.from(records.buffer, records.byteOffset - headerBytes, records.length + headerBytes);
  return {
    firstOffset: bytes.readBigInt64BE(0),
    lastOffsetDelta: bytes.readInt32BE(23),
    count: bytes.readInt32BE(57),
    bytes,
  };
}

/** True when as many records can be read as the header says. `stored` are the bytes behind the header. */
export function readsWell(records: Buffer, stored: Buffer): boolean {
  const { count } = headerOf(stored);
  const reader = createReader(records);
  try {
    for (let index = 0; index < count; index++) reader.record();
    return true;
  } catch {
    return false;
  }
}

/**
 * As many records as the header says, each with the batch's range of offsets in a header; the first has the whole
 * batch for its value.
 */
export function placeholders(stored: Buffer): Buffer {
  const { firstOffset, lastOffsetDelta, count, bytes } = headerOf(stored);
  const range = `${firstOffset}-${firstOffset + BigInt(lastOffsetDelta)}`;
  const headers = [varint(1), ...sized(undecodableHeader), ...sized(range)];
  return Buffer.concat(
    Array.from({ length: count }, (_, index) => {
      const value = index === 0 ? bytes : Buffer.alloc(0);
      const offsetDelta = index === count - 1 ? lastOffsetDelta : index;
      const body = Buffer.concat([
        Buffer.from([0]),
        varint(0),
        varint(offsetDelta),
        ...sized(null),
        ...sized(value),
        ...headers,
      ]);
      return Buffer.concat([varint(body.length), body]);
    }),
  );
}

/** The batch is the first one's value; the others stand for its other offsets. */
export function isRestOfUndecodable({ headers, value }: KafkaMessage): boolean {
  return headers?.[undecodableHeader] !== undefined && (value?.length ?? 0) === 0;
}

function createReader(bytes: Buffer) {
  let at = 0;

  function skip(length: number): void {
    if (length < -1 || at + length > bytes.length) throw new RangeError("past the end");
    at += Math.max(length, 0);
  }

  /** Zigzag; what does not fit into 53 bits is no length. */
  function varint(): number {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = bytes[at++];
      if (byte === undefined || scale > 2 ** 63) throw new RangeError("no varint");
      value += (byte & 127) * scale;
      if (byte < 128) return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
    }
  }

  return {
    record(): void {
      const length = varint();
      const end = at + length;
      if (length <= 0 || end > bytes.length) throw new RangeError("past the end");
      skip(1);
      varint();
      varint();
      skip(varint());
      skip(varint());
      for (let left = varint(); left > 0; left--) {
        skip(varint());
        skip(varint());
      }
      if (at !== end) throw new RangeError("a record of another length");
    },
  };
}
