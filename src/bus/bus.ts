/**
 * The bus: topics of 16 partitions each, consumer groups, offsets. One port, two backends (embedded/, kafka/).
 *
 *   produce -> log -> consumer (a group's member) -> deliver(delivery) -> ... -> delivery.acknowledge()
 *
 * Delivery is at least once. A delivery is acknowledged only after what came of it is durable; the committed
 * position is the watermark below which everything is acknowledged, and the acknowledged offsets above it
 * travel with the commit, so that a restart repeats only what was in flight (tracker.ts).
 */
export interface OutgoingMessage {
  topic: string;
  key: string;
  value: Buffer;
  headers?: Record<string, string>;
  /** Explicit partition; by default the key's murmur2 hash, as Kafka's Java client does. */
  partition?: number;
}

export interface ReceivedMessage {
  topic: string;
  partition: number;
  offset: number;
  key: string;
  /** Append time, epoch ms. */
  timestamp: number;
  headers: Record<string, string>;
  value: Buffer;
}

/** Of a message that stands for a batch no codec could read: its offsets, as `5-9`. The value is the batch. */
export const undecodableHeader = "undecodable-offsets";

export interface Delivery extends ReceivedMessage {
  /** Marks the message as done. Idempotent; without effect once the partition has been lost. */
  acknowledge(): void;
  /**
   * Gives the message up unacknowledged: it no longer holds its partition back; its next owner gets it. Idempotent.
   * Meant for `draining`; when the handover comes to nothing, this member is given the message again.
   */
  abandon(): void;
  /**
   * False once the partition was lost or the message abandoned: work not yet started on it is dropped, its new
   * owner has it.
   */
  owned(): boolean;
}

/** A range of messages that the log's retention removed before the group read them: [from, to). */
export interface UnreadGap {
  topic: string;
  partition: number;
  from: number;
  to: number;
}

export interface ConsumeOptions {
  group: string;
  /** Co-partitioned: partition p of every topic goes to the same member. */
  topics: readonly string[];
  /** Called once for each message, in partition order. Must not block; may call pause(). */
  deliver(delivery: Delivery): void;
  /** Partitions assigned anew, before their first delivery. */
  assigned?(partitions: readonly number[]): void;
  /** These partitions are about to be handed to another member: give up what has not been started. */
  draining?(partitions: readonly number[]): void;
  /** Partitions lost; their deliveries' `owned()` is false from here on. */
  lost?(partitions: readonly number[]): void;
  unread?(gap: UnreadGap): void;
}

export interface PauseScope {
  topic?: string;
  partition?: number;
}

/**
 * One member of a consumer group.
 *
 *   joining -> consuming <-> paused -> stopped
 *                   \-> failed
 */
export interface Consumer {
  /** Stops deliveries of the scope (default: all); a message already delivered is not taken back. */
  pause(scope?: PauseScope): void;
  resume(scope?: PauseScope): void;
  assignment(): readonly number[];
  /** Delivered and neither acknowledged nor abandoned. */
  inFlight(): number;
  /** Epoch ms of the last delivery, acknowledgement or look that found nothing to do, as while paused. */
  lastProgressAt(): number;
  /** Stops delivering, commits what is acknowledged, leaves the group. Idempotent. */
  stop(): Promise<void>;
  /** Rejects if the consumer cannot go on; never resolves. */
  readonly failed: Promise<never>;
}

/** Where a read without a group starts. */
export type ReadFrom =
  | "earliest"
  | "latest"
  | { offset: number }
  | { time: number }
  /** The last N messages of the topic, by append time. */
  | { last: number };

export interface ReadOptions {
  topics: readonly string[];
  from: ReadFrom;
  partition?: number;
  /** Ends at the log's end as it was when the read began; otherwise goes on until `signal`. */
  untilEnd?: boolean;
  signal?: AbortSignal;
}

export interface PartitionOffsets {
  topic: string;
  partition: number;
  earliest: number;
  /** The next offset to be written. */
  end: number;
}

export interface GroupOffsets extends PartitionOffsets {
  /** Below it everything is acknowledged. */
  watermark: number;
  /** end less what is acknowledged, messages above the watermark included. */
  lag: number;
  /**
   * Append time of the message at the watermark, epoch ms; undefined when all is acknowledged. Who asks again and again
   * may be told what is known from between his questions.
   */
  unreadSince: number | undefined;
}

export interface Bus {
  readonly kind: "embedded" | "kafka";
  /**
   * Resolves when all messages are durable; all of one call are written, or none.
   * @throws TmonError TMON_DISK_FULL, TMON_BUS_WRITE, TMON_BUS_FULL (there has been no room for 2 s)
   */
  produce(messages: readonly OutgoingMessage[]): Promise<void>;
  consume(options: ConsumeOptions): Promise<Consumer>;
  /** Reads without a group and without changing anything; a slow reader costs nobody anything. */
  read(options: ReadOptions): AsyncIterable<ReceivedMessage>;
  describeTopics(topics: readonly string[]): Promise<PartitionOffsets[]>;
  describeGroup(group: string, topics: readonly string[]): Promise<GroupOffsets[]>;
  /** Why the bus is not ready (e.g. who holds the write lock), or undefined. */
  trouble(): string | undefined;
  close(): Promise<void>;
}
