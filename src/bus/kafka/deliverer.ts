import type { EachBatchPayload, Consumer as KafkaConsumer, KafkaMessage } from "kafkajs";
import type { ConsumeOptions, PartitionOffsets } from "../bus.ts";
import { deliveryOf, type Endings } from "../delivery.ts";
import { type HeldPartition, type Slot, skipRemoved } from "../held-partitions.ts";
import { receivedMessage } from "./raw-cluster.ts";
import { isRestOfUndecodable } from "./record-batch.ts";

interface DelivererParts {
  options: ConsumeOptions;
  consumer: KafkaConsumer;
  endings: Endings;
  mayDeliver(held: HeldPartition, slot: Slot): boolean;
  /** The log as it is now. */
  logOf(topic: string, partition: number): Promise<PartitionOffsets | undefined>;
  /** The topic was deleted and made anew: what is known of its partition is of another log. */
  madeAnew(held: HeldPartition, slot: Slot): void;
}

/** Only what is handed out moves the library's position: the rest of a batch is fetched again. */
export type DeliverBatch = (held: HeldPartition, slot: Slot, payload: EachBatchPayload) => Promise<void>;

export function createDeliverer(parts: DelivererParts): DeliverBatch {
  const { options, consumer, endings } = parts;

  return async (held, slot, { batch, resolveOffset, isRunning, isStale }) => {
    const { tracker } = slot;
    if (!(await fetchedInPlace(held, slot, batch as unknown as { fetchedOffset: string }))) return;
    let last: string | undefined;
    for (const message of batch.messages) {
      if (!isRunning() || isStale() || !parts.mayDeliver(held, slot)) break;
      const offset = Number(message.offset);
      // What is not in the log any more, or never was a message: a compacted one, a transaction's mark.
      if (offset > tracker.position()) tracker.passOver(offset - 1);
      if (offset >= tracker.position()) handOut(held, slot, message, offset);
      last = message.offset;
    }
    if (last !== undefined) resolveOffset(last);
  };

  function handOut(held: HeldPartition, slot: Slot, message: KafkaMessage, offset: number): void {
    const { tracker, topic, partition } = slot;
    if (!tracker.isOpen(offset) || isRestOfUndecodable(message)) {
      tracker.passOver(offset);
      return;
    }
    tracker.handOut(offset);
    endings.ended();
    options.deliver(deliveryOf(held, slot, receivedMessage(topic, partition, message), endings));
  }

  /** False when the batch starts behind the place to read on from: what is between must not be passed over. */
  async function fetchedInPlace(
    held: HeldPartition,
    slot: Slot,
    { fetchedOffset }: { fetchedOffset: string },
  ): Promise<boolean> {
    const { topic, partition, tracker } = slot;
    const from = Number(fetchedOffset);
    if (from === tracker.position()) return true;
    const log = await parts.logOf(topic, partition);
    if (log !== undefined && log.end < tracker.position()) {
      parts.madeAnew(held, slot);
      return false;
    }
    const gap = skipRemoved(topic, partition, tracker, log?.earliest ?? 0);
    if (gap !== undefined) {
      slot.dirty = true;
      options.unread?.(gap);
    }
    if (from <= tracker.position()) return true;
    consumer.seek({ topic, partition, offset: String(tracker.position()) });
    return false;
  }
}
