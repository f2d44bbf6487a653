import type { Consumer, Delivery } from "../bus/bus.ts";

/**
 * Why a consumer's topics and partitions stand still. A whole topic pauses while its window is full; one
 * partition of it is held until an upgrade, which resuming the topic must not undo.
 */
export function createPauses(consumer: Pick<Consumer, "pause" | "resume">) {
  const paused = new Set<string>();
  const held = new Map<string, { topic: string; partition: number; messages: Delivery[] }>();
  const keyOf = (topic: string, partition: number) => `${topic}/${partition}`;

  return {
    pause(topic: string): void {
      if (paused.has(topic)) return;
      paused.add(topic);
      consumer.pause({ topic });
    },
    resume(topic: string): void {
      if (!paused.delete(topic)) return;
      consumer.resume({ topic });
      for (const of of held.values()) {
        if (of.topic === topic) consumer.pause({ topic, partition: of.partition });
      }
    },
    holds: (topic: string, partition: number): boolean => held.has(keyOf(topic, partition)),
    /** The delivery is never acknowledged here: it comes again to who can read it. */
    hold(delivery: Delivery): void {
      const { topic, partition } = delivery;
      const of = held.get(keyOf(topic, partition)) ?? { topic, partition, messages: [] };
      held.set(keyOf(topic, partition), of);
      of.messages.push(delivery);
      consumer.pause({ topic, partition });
    },
    /** What is held of these partitions goes to their next owner; they stay held while they are here. */
    abandon(partitions: readonly number[]): void {
      for (const of of held.values()) {
        if (partitions.includes(of.partition))
          for (const delivery of of.messages.splice(0)) delivery.abandon();
      }
    },
    /** Lost partitions: their next owner finds out for itself. */
    forget(partitions: readonly number[]): void {
      for (const [key, of] of held) if (partitions.includes(of.partition)) held.delete(key);
    },
    /** Messages held. */
    held: (): number => [...held.values()].reduce((sum, of) => sum + of.messages.length, 0),
    reason(): string | undefined {
      const [first] = held.values();
      return (
        first && `TMON_SCHEMA_NEWER: partition ${first.partition} of ${first.topic} waits for an upgrade`
      );
    },
  };
}
