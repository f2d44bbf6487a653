import type { Environment } from "../../lmdb/environment.ts";
import type { ConsumeOptions } from "../bus.ts";
import { deliveryOf } from "../delivery.ts";
import { type HeldPartition, type Slot, skipRemoved } from "../held-partitions.ts";
import type { Pauses } from "../pauses.ts";
import type { Log } from "./log.ts";
import type { PartitionRow } from "./tables.ts";

/** Hands out messages, some of every partition in turn, until there are none or the consumer is paused. */
export interface Deliverer {
  /** Starts unless it runs; the messages come in a later turn. */
  run(): void;
  lastProgressAt(): number;
}

interface DelivererParts {
  environment: Environment;
  log: Log;
  options: ConsumeOptions;
  pauses: Pauses;
  held(): Iterable<HeldPartition>;
  /** The last message in flight of a draining partition was acknowledged. */
  drained(): void;
  failed(error: unknown): void;
}

/** At most so much in one turn of the event loop. */
const turnBytes = 2 * 1024 * 1024;
const turnMessages = 256;
/** Of one partition before the next one's turn. */
const pageMessages = 16;

export function createDeliverer(parts: DelivererParts): Deliverer {
  const { environment, log, options, pauses } = parts;
  let scheduled = false;
  let progressAt = Date.now();

  function run(): void {
    if (scheduled) return;
    scheduled = true;
    setImmediate(turn);
  }

  function turn(): void {
    scheduled = false;
    try {
      if (environment.read(deliverTurn)) run();
    } catch (error) {
      parts.failed(error);
    }
  }

  /** True when there may be more. */
  function deliverTurn(): boolean {
    const budget = { bytes: turnBytes, messages: turnMessages };
    // A turn reads one state of the log.
    const ends = new Map<Slot, PartitionRow>();
    let delivered = true;
    while (delivered && budget.bytes > 0 && budget.messages > 0) {
      delivered = false;
      for (const held of [...parts.held()])
        for (const slot of held.slots) if (deliverPage(held, slot, budget, ends)) delivered = true;
    }
    // Paused or not: a role that pauses says why by its readiness, and is not to be killed for it.
    if (!delivered) progressAt = Date.now();
    return delivered;
  }

  function deliverPage(
    held: HeldPartition,
    slot: Slot,
    budget: { bytes: number; messages: number },
    ends: Map<Slot, PartitionRow>,
  ): boolean {
    const { topic, partition, tracker } = slot;
    if (!mayDeliver(held, slot)) return false;
    const row = ends.get(slot) ?? log.partition(topic, partition);
    ends.set(slot, row);
    const { start, end } = row;
    const gap = skipRemoved(topic, partition, tracker, start);
    if (gap !== undefined) {
      slot.dirty = true;
      options.unread?.(gap);
    }
    let delivered = 0;
    while (
      delivered < pageMessages &&
      budget.bytes > 0 &&
      tracker.position() < end &&
      mayDeliver(held, slot)
    ) {
      const offset = tracker.position();
      if (!tracker.isOpen(offset)) {
        tracker.passOver(offset);
        continue;
      }
      const message = log.read([topic, partition, offset]);
      tracker.handOut(offset);
      if (message === undefined) {
        // A power cut or a copied directory may have cost the value.
        tracker.acknowledge(offset);
        slot.dirty = true;
        options.unread?.({ topic, partition, from: offset, to: offset + 1 });
        continue;
      }
      delivered += 1;
      budget.messages -= 1;
      budget.bytes -= message.value.length;
      progressAt = Date.now();
      options.deliver(deliveryOf(held, slot, message, endings));
    }
    return delivered > 0;
  }

  const mayDeliver = (held: HeldPartition, { topic, partition, tracker }: Slot): boolean =>
    held.owned && !held.draining && !tracker.full() && !pauses.paused(topic, partition);

  const endings = {
    ended: () => {
      progressAt = Date.now();
    },
    drained: parts.drained,
    more: run,
  };

  return { run, lastProgressAt: () => progressAt };
}
