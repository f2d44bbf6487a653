import type { Bus, OutgoingMessage } from "../../../src/bus/bus.ts";
import { TmonError } from "../../../src/errors.ts";

/** Produces as the roles do: as often as the bus is full. */
export async function insist(bus: Bus, message: OutgoingMessage): Promise<void> {
  for (;;) {
    try {
      return await bus.produce([message]);
    } catch (error) {
      const isFull = error instanceof TmonError && error.code === "TMON_BUS_FULL";
      if (!isFull || error.message.includes("closing")) throw error;
    }
  }
}
