import type { Delivery } from "../bus/bus.ts";

/** What is kept of a delivery once its message was read. Not its bytes: they would double all that waits. */
export interface Receipt extends Pick<Delivery, "topic" | "partition" | "offset" | "acknowledge" | "owned"> {
  /** The message's length. */
  readonly bytes: number;
}

export function receiptOf({ topic, partition, offset, value, acknowledge, owned }: Delivery): Receipt {
  return { topic, partition, offset, bytes: value.length, acknowledge, owned };
}
