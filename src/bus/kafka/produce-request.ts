import produce, { type Encoded, type ProduceOptions } from "kafkajs/src/protocol/requests/produce/index.js";
import { lengthOf, writeBatch } from "./batch-writer.ts";
import { compressWith } from "./codecs.ts";

/** The first version whose messages are record batches. */
const firstVersion = 3;
const protocolOf = produce.protocol;

/**
 * The library copies a message eight times on its way into a request, and sums its bytes one by one: more work than
 * all else tmon does with it. So its request to write is put together here, and everything else about it stays.
 */
export function registerProduceRequest(): void {
  produce.protocol = ({ version }) => {
    const protocol = protocolOf({ version });
    if (Number(version) < firstVersion) return protocol;
    return (options) => {
      const { request, response } = protocol(options);
      return { response, request: { ...request, encode: () => encode(options) } };
    };
  };
}

/** What the library takes for one of its encoders: it asks for nothing but the length, and to be copied. */
async function encode(options: ProduceOptions): Promise<Encoded> {
  const { acks, timeout, transactionalId, topicData } = options;
  const topics = await Promise.all(
    topicData.map(async ({ topic, partitions }) => [
      text(topic),
      int32(partitions.length),
      ...(await Promise.all(partitions.map((partition) => writePartition(partition, options)))).flat(),
    ]),
  );
  const pieces = [
    transactionalId == null ? int16(-1) : text(transactionalId),
    int16(acks),
    int32(timeout),
    int32(topics.length),
    ...topics.flat(),
  ];
  return {
    buf: pieces[0]!,
    buffer: {
      length: lengthOf(pieces),
      copy(target, start) {
        let at = start;
        for (const piece of pieces) at += piece.copy(target, at);
      },
    },
  };
}

async function writePartition(
  { partition, firstSequence, messages }: ProduceOptions["topicData"][number]["partitions"][number],
  { compression: codec = 0, transactionalId, producerId = -1, producerEpoch = 0 }: ProduceOptions,
): Promise<Buffer[]> {
  const batch = await writeBatch(messages, {
    codec,
    compress: (records) => compressWith(codec, records),
    transactional: transactionalId != null,
    producerId: BigInt(String(producerId)),
    producerEpoch,
    firstSequence: firstSequence ?? 0,
  });
  return [int32(partition), int32(lengthOf(batch)), ...batch];
}

function int16(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeInt16BE(value);
  return bytes;
}

function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
}

function text(value: string): Buffer {
  const bytes = Buffer.from(value);
  return Buffer.concat([int16(bytes.length), bytes]);
}
