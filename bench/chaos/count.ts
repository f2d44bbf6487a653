import { setTimeout as delay } from "node:timers/promises";
import { decode } from "../../src/messages/codec.ts";
import { type ResultStatus, resultSchema } from "../../src/messages/result.ts";
import { measureLag } from "../../src/runtime/lag.ts";
import { countMarks } from "../../src/runtime/report/collector.ts";
import { observeMessage } from "../../src/runtime/report/observe.ts";
import { type Unfinished, unfinished } from "../../src/runtime/report/report.ts";
import type { SimulatedVlmStats } from "../../src/simulator/vlm/server.ts";
import { repeatedCalls } from "../../test/support/repeated-calls.ts";
import { type Arrival, type Gap, gaps } from "./gaps.ts";
import type { Load } from "./load.ts";
import type { World } from "./world.ts";

const topicIds = [
  "detection-results",
  "assessment-tasks",
  "risk-assessment-results",
  "dead-letters",
] as const;
const doneWithinMs = 90_000;

export interface Figures {
  scenario: string;
  seconds: number;
  messages: { written: number; tasks: number; pushes: number };
  results: Record<ResultStatus, number>;
  /** Where what is lost was lost, or what is pending stands. */
  missing: Unfinished & { vanished: number };
  lost: number;
  /** Instead of lost, when a group still had work 90 s after the end. */
  pending: number;
  deadLettered: number;
  /** Results beyond one a task. */
  repeats: number;
  /** taskIds that two pushes called new. */
  duplicates: number;
  /** produce() that failed, to be made again. */
  refused: number;
  /** The provider's count less what the final results name; and how many may be, by what was killed. */
  callsRepeated: number;
  callsRepeatable: number;
  /** Longest time between two results while there was work: of all, of one partition, and from each fault on. */
  worstGapMs: number;
  worstPartitionGapMs: number;
  faults: Gap[];
  /** Roles that ended by themselves. */
  died: string[];
  quota: { rpmLimit: number; worstMinute: number } | undefined;
}

export async function count(scenario: string, world: World, load: Load): Promise<Figures> {
  const { config, bus, store, seen, written, startedAt } = load;
  const idle = await becomesIdle(load);
  const topicOf = new Map(topicIds.map((id) => [config.topics[id].name, id]));
  const arrivals = new Map<string, Arrival>();
  for await (const message of bus.read({ topics: [...topicOf.keys()], from: "earliest", untilEnd: true })) {
    const id = topicOf.get(message.topic)!;
    observeMessage(seen, id, message);
    if (id !== "risk-assessment-results") continue;
    const { taskId } = decode(resultSchema, message.value);
    if (!arrivals.has(taskId)) arrivals.set(taskId, { at: message.timestamp, partition: message.partition });
  }
  await countMarks(seen, store);
  await Promise.all([bus.close(), store.close()]);
  const provider = (await (await fetch(new URL("/stats", world.provider))).json()) as SimulatedVlmStats;

  const results = [...seen.results.values()];
  const of = (status: ResultStatus) => results.filter((result) => result.status === status).length;
  const times = [...arrivals.values()].filter(({ at }) => at < load.endedAt());
  // The bus said that it has them.
  const vanished = [...written].filter((messageId) => !seen.frames.has(messageId)).length;
  const missing = { vanished, ...unfinished(seen) };
  const missingTotal = sum(Object.values(missing));
  return {
    scenario,
    seconds: Math.round((load.endedAt() - startedAt) / 1000),
    messages: { written: written.size, tasks: seen.tasks.size, pushes: seen.pushes },
    results: {
      assessed: of("assessed"),
      failed: of("failed"),
      expired: of("expired"),
      superseded: of("superseded"),
    },
    missing,
    lost: idle ? missingTotal : 0,
    pending: idle ? 0 : missingTotal,
    deadLettered: seen.deadLettered.size,
    repeats: seen.repeats,
    duplicates: [...seen.pushed.values()].filter(({ times: pushes }) => pushes > 1).length,
    refused: load.refused(),
    ...repeatedCalls(provider.requests, results, times, world.killed),
    ...gaps(times, { faults: world.faults, until: load.endedAt() }),
    died: world.replicas.filter(({ process }) => !process.running()).map(({ name }) => name),
    quota:
      world.rpmLimit === undefined
        ? undefined
        : {
            rpmLimit: world.rpmLimit,
            worstMinute: Math.max(...provider.keys.map(({ worstMinute }) => worstMinute)) * 2,
          },
  };
}

/** True once no group has anything left to do; false when that takes too long. */
async function becomesIdle({ config, bus }: Load): Promise<boolean> {
  for (const since = performance.now(); performance.now() - since < doneWithinMs; ) {
    const lags = await measureLag(config, bus).catch(() => undefined);
    if (lags?.every(({ lag }) => lag === 0)) return true;
    await delay(200);
  }
  return false;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, one) => total + one, 0);
}
