import type { OutgoingMessage } from "../bus.ts";
import type { Appender } from "./appender.ts";
import type { PartitionedMessage } from "./log.ts";
import { busFull, createStage, type Stage } from "./stage.ts";

export interface Producer {
  /** @throws TmonError TMON_BUS_FULL, and what the appender throws */
  produce(messages: readonly OutgoingMessage[]): Promise<void>;
  trouble(): string | undefined;
  /** Calls that wait for room are rejected with TMON_BUS_FULL; the others are written. */
  close(): Promise<void>;
}

interface ProducerOptions {
  maxBytes: number;
  place(message: OutgoingMessage): PartitionedMessage;
  /** Of maxBytes: what all topics together may take before a message of this one waits. */
  shareOf(topic: string): number;
}

/** One stage for all topics of the same share: what waits for room holds nothing back that still has some. */
export function createProducer(appender: Appender, options: ProducerOptions): Producer {
  const stages = new Map<number, Stage>();
  let closing = false;

  function stageOf(share: number): Stage {
    const stage = stages.get(share) ?? createStage(appender, { ...options, limit: share * options.maxBytes });
    stages.set(share, stage);
    return stage;
  }

  async function produce(outgoing: readonly OutgoingMessage[]): Promise<void> {
    if (outgoing.length === 0) return;
    if (closing) throw busFull("it is closing");
    const messages = outgoing.map(options.place);
    await stageOf(Math.min(...outgoing.map(({ topic }) => options.shareOf(topic)))).write(messages);
  }

  return {
    produce,
    trouble() {
      const waits = [...stages.values()].flatMap((stage) => stage.fullForMs() ?? []);
      if (waits.length === 0) return undefined;
      const seconds = Math.floor(Math.max(...waits) / 1000);
      return `the bus is full: a group has not read the oldest of its ${options.maxBytes} bytes; producers have waited for ${seconds} s`;
    },
    async close() {
      closing = true;
      await Promise.all([...stages.values()].map((stage) => stage.close()));
    },
  };
}
