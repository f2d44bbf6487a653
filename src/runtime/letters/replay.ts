import { randomUUID } from "node:crypto";
import type { Bus } from "../../bus/bus.ts";
import { undecodableHeader } from "../../bus/bus.ts";
import type { Config } from "../../config/config.ts";
import { originalHeaders } from "../../messages/dead-letter.ts";
import type { Store } from "../../store/store.ts";
import { type Letter, nameOf } from "./letters.ts";

/**
 * What was done with a letter. Lease and mark are its source's: of one message several groups may have written letters.
 *
 *   (lease) -> no mark -> produced -> marked    replayed
 *      |          \-> marked earlier            done-before
 *      \-> another holds it                     busy
 *
 * no-topic: its source is no topic of tmon's. undecodable: it is a batch of messages nobody could take apart.
 */
export type ReplayOutcome = "replayed" | "would-replay" | "done-before" | "busy" | "no-topic" | "undecodable";

export interface ReplayOptions {
  bus: Bus;
  config: Pick<Config, "topics">;
  store: Store;
  dryRun: boolean;
}

const leaseMs = 30_000;
const markPrefix = "tmon:replayed:";
const owner = randomUUID();

/**
 * Puts a letter's original bytes back on the topic they came from. Marked as done only once that is durable: who is
 * killed in between repeats it, and what reads the topic drops repeats.
 */
export async function replay(
  { bus, config, store, dryRun }: ReplayOptions,
  letter: Letter,
): Promise<ReplayOutcome> {
  const { key, value, headers } = letter.message;
  const letters = config.topics["dead-letters"];
  const topic = letter.source.topic;
  if (topic === letters.name || !Object.values(config.topics).some(({ name }) => name === topic))
    return "no-topic";
  if (headers[undecodableHeader] !== undefined) return "undecodable";
  if (dryRun) return (await wasReplayed(store, letter)) ? "done-before" : "would-replay";
  const name = nameOf(letter);
  const lease = `replay:${name}`;
  if (!(await store.claimLease(lease, owner, leaseMs))) return "busy";
  try {
    if (await wasReplayed(store, letter)) return "done-before";
    const replayOf = `${letters.name}/${letter.message.partition}:${letter.message.offset}`;
    await bus.produce([
      { topic, key, value, headers: { ...originalHeaders(headers), "replay-of": replayOf } },
    ]);
    const at = new Date(store.now()).toISOString();
    await store.set(markPrefix + name, at, { ttlMs: letters.retentionMs });
    return "replayed";
  } finally {
    await store.releaseLease(lease, owner);
  }
}

async function wasReplayed(store: Store, letter: Letter): Promise<boolean> {
  return (await store.get(markPrefix + nameOf(letter))) !== undefined;
}

/** When letters were replayed, ISO 8601, by nameOf. */
export async function replayTimes(store: Store): Promise<Map<string, string>> {
  const marks = await store.list(markPrefix);
  return new Map(marks.map(({ key, value }) => [key.slice(markPrefix.length), value.toString("utf8")]));
}
