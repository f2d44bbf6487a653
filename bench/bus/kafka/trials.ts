import { setTimeout as delay } from "node:timers/promises";
import type { Client, Outgoing } from "./client.ts";

export const messageBytes = 30_000;
const batch = 64;
const inFlight = 20;
const value = Buffer.alloc(messageBytes, "tmon");

/** What a side is asked to do; each is the same code for both. */
export interface Trials {
  /** Messages a second in batches, one after another. */
  batches(topic: string, count: number): Promise<number>;
  /** Messages a second one by one, 20 of them under way. */
  singly(topic: string, count: number): Promise<number>;
  /** Messages a second from the first to the last of a topic that holds this many. */
  consume(topic: string, group: string, count: number): Promise<number>;
  /** From the call that writes it to its arrival, ms, of each message. */
  latency(topic: string, group: string, count: number, everyMs: number): Promise<number[]>;
}

export function trialsOf(client: Client): Trials {
  return {
    batches: (topic, count) =>
      perSecond(count, async () => {
        for (let first = 0; first < count; first += batch)
          await client.write(topic, Array.from({ length: Math.min(batch, count - first) }, messageOf));
      }),
    singly: (topic, count) =>
      perSecond(count, async () => {
        let left = count;
        const one = async () => {
          while (left-- > 0) await client.write(topic, [messageOf(undefined, left)]);
        };
        await Promise.all(Array.from({ length: inFlight }, one));
      }),
    consume: (topic, group, count) =>
      new Promise((resolve, reject) => {
        let read = 0;
        let since = 0;
        const reader = client.read(topic, group, () => {
          if (read === 0) since = performance.now();
          read += 1;
          if (read < count) return;
          const rate = ((count - 1) / (performance.now() - since)) * 1_000;
          reader.then((one) => one.stop()).then(() => resolve(rate), reject);
        });
        reader.catch(reject);
      }),
    async latency(topic, group, count, everyMs) {
      const samples: number[] = [];
      const reader = await client.read(topic, group, (stamped) =>
        samples.push(performance.now() - stamped.readDoubleBE()),
      );
      // The first is there once the group has its partitions.
      const write = async (index: number) => client.write(topic, [stamped(index)]);
      await write(0);
      while (samples.length === 0) await delay(10);
      const writes: Promise<void>[] = [];
      for (let index = 1, at = performance.now(); index <= count; index++, at += everyMs) {
        await delay(Math.max(0, at - performance.now()));
        writes.push(write(index));
      }
      await Promise.all(writes);
      while (samples.length <= count) await delay(10);
      await reader.stop();
      return samples.slice(1);
    },
  };
}

function messageOf(_: unknown, index: number): Outgoing {
  return { key: `camera-${index % 64}`, value };
}

function stamped(index: number): Outgoing {
  const copy = Buffer.from(value);
  copy.writeDoubleBE(performance.now());
  return { ...messageOf(undefined, index), value: copy };
}

async function perSecond(count: number, body: () => Promise<void>): Promise<number> {
  const since = performance.now();
  await body();
  return (count / (performance.now() - since)) * 1_000;
}
