import { crc32c } from "@node-rs/crc32";
import type { Message } from "kafkajs";
import { sized, varint } from "./varint.ts";

export interface BatchOptions {
  /** Kafka's number of the codec; 0 is none. */
  codec: number;
  compress(records: Buffer): Buffer | Promise<Buffer>;
  transactional: boolean;
  /** -1: the producer is not idempotent, and its messages have no sequence. */
  producerId: bigint;
  producerEpoch: number;
  firstSequence: number;
}

const magic = 2;
const transactionalBit = 16;

/**
 * Messages as Kafka's record batch, in pieces: what they hold is not copied. The fields are those record-batch.ts
 * names.
 */
export async function writeBatch(messages: readonly Message[], options: BatchOptions): Promise<Buffer[]> {
  const now = Date.now();
  const times = messages.map(({ timestamp }) => (timestamp === undefined ? now : Number(timestamp)));
  const plain = messages.flatMap((message, index) => writeRecord(message, index, times[index]! - times[0]!));
  const records = options.codec === 0 ? plain : [await options.compress(Buffer.concat(plain))];

  const fields = Buffer.alloc(40);
  fields.writeInt16BE(options.codec | (options.transactional ? transactionalBit : 0), 0);
  fields.writeInt32BE(messages.length - 1, 2);
  fields.writeBigInt64BE(BigInt(times[0]!), 6);
  fields.writeBigInt64BE(BigInt(Math.max(...times)), 14);
  fields.writeBigInt64BE(options.producerId, 22);
  fields.writeInt16BE(options.producerEpoch, 30);
  fields.writeInt32BE(options.firstSequence, 32);
  fields.writeInt32BE(messages.length, 36);
  const body = [fields, ...records];

  const head = Buffer.alloc(21);
  head.writeInt32BE(head.length - 12 + lengthOf(body), 8);
  head.writeInt8(magic, 16);
  head.writeUInt32BE(
    body.reduce((crc, piece) => crc32c(piece, crc), 0),
    17,
  );
  return [head, ...body];
}

export function lengthOf(pieces: readonly Buffer[]): number {
  return pieces.reduce((sum, piece) => sum + piece.length, 0);
}

function writeRecord(
  { key, value, headers = {} }: Message,
  offsetDelta: number,
  timeDelta: number,
): Buffer[] {
  const named = Object.entries(headers).flatMap(([name, values]) =>
    [values].flat().map((one) => [...sized(name), ...sized(one)]),
  );
  const start = Buffer.concat([Buffer.alloc(1), varint(timeDelta), varint(offsetDelta), ...sized(key)]);
  const end = Buffer.concat([varint(named.length), ...named.flat()]);
  const body = [start, ...sized(value), end];
  return [varint(lengthOf(body)), ...body];
}
