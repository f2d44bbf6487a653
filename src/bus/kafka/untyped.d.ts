/** Libraries that bring no types. */
declare module "kafkajs-snappy" {
  export default function snappy(): {
    compress(encoder: { buffer: Buffer }): Promise<Buffer>;
    decompress(bytes: Buffer): Promise<Buffer>;
  };
}

/** Within kafkajs 2.2.4: how it writes messages. */
declare module "kafkajs/src/protocol/requests/produce/index.js" {
  import type { Message } from "kafkajs";

  interface ProduceOptions {
    acks: number;
    timeout: number;
    transactionalId?: string | null;
    /** A number, or the library's own long one. */
    producerId?: { toString(): string };
    producerEpoch?: number;
    compression?: number;
    topicData: {
      topic: string;
      partitions: { partition: number; firstSequence?: number; messages: Message[] }[];
    }[];
  }

  interface Encoded {
    buf: Buffer;
    buffer: { length: number; copy(target: Buffer, start: number): void };
  }

  type Protocol = (options: ProduceOptions) => {
    request: { encode(): Promise<Encoded> };
    response: unknown;
  };

  const produce: { protocol(wanted: { version: string | number }): Protocol };
  export default produce;
  export type { Encoded, ProduceOptions };
}
