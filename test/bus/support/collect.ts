import type {
  Bus,
  ConsumeOptions,
  Consumer,
  Delivery,
  OutgoingMessage,
  UnreadGap,
} from "../../../src/bus/bus.ts";

/** A member that keeps what it was given; it acknowledges what `acknowledge` picks. */
export interface Collector {
  consumer: Consumer;
  deliveries: Delivery[];
  /** Partitions as told by assigned() and lost(), in order. */
  told: { assigned?: number[]; lost?: number[] }[];
  gaps: UnreadGap[];
  values(): string[];
}

export async function collect(
  bus: Bus,
  options: Pick<ConsumeOptions, "group" | "topics"> & { acknowledge?: (delivery: Delivery) => boolean },
): Promise<Collector> {
  const deliveries: Delivery[] = [];
  const told: Collector["told"] = [];
  const gaps: UnreadGap[] = [];
  const consumer = await bus.consume({
    ...options,
    deliver(delivery) {
      deliveries.push(delivery);
      if (options.acknowledge?.(delivery) ?? true) delivery.acknowledge();
    },
    assigned: (partitions) => void told.push({ assigned: [...partitions] }),
    lost: (partitions) => void told.push({ lost: [...partitions] }),
    unread: (gap) => void gaps.push(gap),
  });
  return { consumer, deliveries, told, gaps, values: () => deliveries.map(textOf) };
}

export const textOf = ({ value }: { value: Buffer }): string => value.toString();

/** Messages named `{prefix}{number}`, spread over the partitions in turn. */
export function numbered(
  topic: string,
  count: number,
  options: { partitions: number; prefix?: string; from?: number },
): OutgoingMessage[] {
  return Array.from({ length: count }, (_, index) => {
    const number = (options.from ?? 0) + index;
    return {
      topic,
      key: `key-${number % 7}`,
      partition: number % options.partitions,
      value: Buffer.from(`${options.prefix ?? ""}${number}`),
    };
  });
}
