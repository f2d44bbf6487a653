import { setTimeout as delay } from "node:timers/promises";
import { abortAfter } from "../../abort-after.ts";
import { messageOf } from "../../errors.ts";
import type { TopicId } from "../../messages/topics.ts";
import type { Store } from "../../store/store.ts";
import { measureLag, worstGroup } from "../lag.ts";
import type { RoleContext } from "../role.ts";
import { noObservations, type Observations } from "./observations.ts";
import { observeMessage, observePush } from "./observe.ts";

const observedTopics: TopicId[] = [
  "detection-results",
  "assessment-tasks",
  "risk-assessment-results",
  "dead-letters",
];

const finishWithinMs = 5_000;

export interface Collector {
  readonly seen: Observations;
  lag(): { max: number; final: number };
  /**
   * Reads what the log still holds, checks the marks of what was pushed unseen, and ends. Never rejects: where bus or
   * store is away, what was seen until then stands.
   */
  finish(): Promise<void>;
  /** Why that is not all there was, or null. */
  incomplete(): string | null;
  /** Ends at once. Idempotent, also after finish. */
  stop(): Promise<void>;
}

/**
 * Watches a run from outside: reads the topics without a group and subscribes as a screen does, so that the
 * report counts what others see, not what the roles believe. Of cameras whose ids start with `cameraPrefix` only.
 */
export async function startCollector(
  { config, bus, store, log }: Pick<RoleContext, "config" | "bus" | "store" | "log">,
  { cameraPrefix = "" } = {},
): Promise<Collector> {
  const seen = noObservations();
  const gaps = new Set<string>();
  let stopping: Promise<unknown> | undefined;
  const topicOf = new Map(observedTopics.map((id) => [config.topics[id].name, id]));
  const topics = [...topicOf.keys()];
  const unsubscribe = await store.subscribe(`camera:${cameraPrefix}*`, (_, message) =>
    observePush(seen, message, store.now()),
  );

  /** partition -> next offset, per topic: where reading stands. */
  const positions = new Map<string, number>();
  for (const { topic, partition, end } of await bus.describeTopics(topics))
    positions.set(`${topic}/${partition}`, end);

  const ended = new AbortController();
  const reading = (async () => {
    for await (const message of bus.read({ topics, from: "latest", signal: ended.signal })) {
      positions.set(`${message.topic}/${message.partition}`, message.offset + 1);
      if (!message.key.startsWith(cameraPrefix)) continue;
      observeMessage(seen, topicOf.get(message.topic) as TopicId, message);
    }
  })().catch((error) => {
    if (ended.signal.aborted) return;
    log.error({ error: messageOf(error) }, "the report stopped reading the bus");
    gaps.add(messageOf(error));
  });

  const lag = { max: 0, final: 0 };
  const sampling = (async () => {
    while (!ended.signal.aborted) {
      await sampleLag().catch((error) =>
        log.debug({ error: messageOf(error) }, "the lag could not be measured"),
      );
      await delay(1000, undefined, { signal: ended.signal }).catch(() => {});
    }
  })();

  async function sampleLag(): Promise<void> {
    lag.final = worstGroup(await measureLag(config, bus)).lag;
    lag.max = Math.max(lag.max, lag.final);
  }

  async function caughtUp(): Promise<boolean> {
    const ends = await bus.describeTopics(topics);
    return ends.every(({ topic, partition, end }) => (positions.get(`${topic}/${partition}`) ?? 0) >= end);
  }

  async function readToEnd(signal: AbortSignal): Promise<void> {
    while (!(await caughtUp())) await delay(20, undefined, { signal });
  }

  /** What it waits for may be a server that is away. */
  function end(): Promise<unknown> {
    ended.abort();
    stopping ??= Promise.all([reading, sampling, unsubscribe()]);
    return stopping;
  }

  return {
    seen,
    lag: () => lag,
    async finish() {
      const note = (error: unknown) => void gaps.add(messageOf(error));
      await within("the bus was not read to its end", readToEnd).catch(note);
      // Not what it was at some time before: who reads nothing to the end often got no lag either.
      await within("the lag was not measured", sampleLag).catch(note);
      void end();
      await countMarks(seen, store).catch(note);
    },
    incomplete: () => (gaps.size > 0 ? [...gaps].join("; ") : null),
    stop: async () => void (await end()),
  };
}

/** Rejects, saying what was not done, when the work has not ended in time. */
async function within(undone: string, work: (signal: AbortSignal) => Promise<void>): Promise<void> {
  const late = abortAfter(finishWithinMs);
  const expired = new Promise<never>((_, reject) =>
    late.addEventListener("abort", () => reject(new Error(`${undone} in ${finishWithinMs / 1000} s`))),
  );
  await Promise.race([work(late), expired]);
}

/** A push this process did not hear (another replica's, a lost subscription) is in the frame's mark. */
export async function countMarks(seen: Observations, store: Store): Promise<void> {
  for (const [taskId, result] of seen.results) {
    if (result.status !== "assessed" || seen.pushed.has(taskId)) continue;
    const mark = await store.frameMark(result.messageId);
    if (mark?.taskIds.includes(taskId)) seen.pushed.set(taskId, { at: undefined, times: 1 });
  }
}
