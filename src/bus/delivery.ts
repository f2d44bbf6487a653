import type { Delivery, ReceivedMessage } from "./bus.ts";
import { countInFlight, type HeldPartition, type Slot } from "./held-partitions.ts";

/** What a consumer wants to know of the messages it handed out. */
export interface Endings {
  /** One was acknowledged or abandoned. */
  ended(): void;
  /** The last one in flight of a draining partition. */
  drained(held: HeldPartition): void;
  /** There is more to hand out of this partition, which there was not before. */
  more(slot: Slot): void;
}

/** The message as its receiver gets it. */
export function deliveryOf(
  held: HeldPartition,
  slot: Slot,
  message: ReceivedMessage,
  endings: Endings,
): Delivery {
  // The closures keep the offset alone: with the message its bytes would stay as long as the work on it.
  const { offset } = message;
  let abandoned = false;
  const owned = (): boolean => held.owned && !abandoned;

  function noteEnd(): void {
    endings.ended();
    if (held.draining && countInFlight([held]) === 0) endings.drained(held);
  }

  return {
    ...message,
    owned,
    acknowledge() {
      const wasFull = slot.tracker.full();
      if (!owned() || !slot.tracker.acknowledge(offset)) return;
      slot.dirty = true;
      noteEnd();
      if (wasFull) endings.more(slot);
    },
    abandon() {
      if (!owned() || !slot.tracker.abandon(offset)) return;
      abandoned = true;
      noteEnd();
      if (held.draining) return;
      // The handover came to nothing meanwhile: here is its next owner.
      slot.tracker.reclaim();
      endings.more(slot);
    },
  };
}
