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

/** Within kafkajs 2.2.4: the requests of one connection. */
declare module "kafkajs/src/network/requestQueue/index.js" {
  interface PushedRequest {
    entry: { correlationId: number; resolve(): void };
    expectResponse: boolean;
    sendRequest(): void;
  }

  export default class RequestQueue {
    constructor(options: {
      maxInFlightRequests: number | null;
      requestTimeout: number;
      enforceRequestTimeout: boolean;
      clientId: string;
      broker: string;
      logger: { debug(): void };
    });
    readonly pending: readonly unknown[];
    push(request: PushedRequest): void;
    /** @param clientSideThrottleTime ms */
    maybeThrottle(clientSideThrottleTime: number): void;
    checkPendingRequests(): void;
    scheduleCheckPendingRequests(): void;
    destroy(): void;
  }
}

/** Within kafkajs 2.2.4: what its consumers are handed of an answer. */
declare module "kafkajs/src/consumer/batch.js" {
  import type { KafkaMessage } from "kafkajs";

  /** Of one partition, as a broker answers. */
  export interface BatchData {
    partition: number;
    highWatermark: string;
    /** Where the first open transaction stands, or the same. */
    lastStableOffset: string;
    messages: KafkaMessage[];
  }

  export default class Batch {
    constructor(topic: string, fetchedOffset: string, data: BatchData);
    readonly messages: KafkaMessage[];
  }
}
