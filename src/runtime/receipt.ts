import type { Delivery } from "../bus/bus.ts";

/** What is kept of a delivery once its message was read. Not its bytes: they would double all that waits. */
export interface Receipt
  extends Pick<Delivery, "topic" | "partition" | "offset" | "acknowledge" | "abandon" | "owned"> {
  /** The message's length. */
  readonly bytes: number;
}

export function receiptOf(delivery: Delivery): Receipt {
  const { topic, partition, offset, value, acknowledge, abandon, owned } = delivery;
  return { topic, partition, offset, bytes: value.length, acknowledge, abandon, owned };
}
