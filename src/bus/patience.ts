import { setTimeout as delay } from "node:timers/promises";
import { TmonError } from "../errors.ts";
import type { Bus, ReadOptions, ReceivedMessage } from "./bus.ts";

/** For how long somebody who looks on asks again. */
export interface Patience {
  signal: AbortSignal;
  patienceMs: number;
}

const askAgainMs = 200;

/**
 * Asks again for as long as Kafka does not answer: a broker of several may be away, or the next leader or coordinator
 * not be ready. A question may take seconds by itself, so one is always begun when patience is over.
 */
export async function patiently<T>({ signal, patienceMs }: Patience, question: () => Promise<T>): Promise<T> {
  for (const since = performance.now(); ; ) {
    const isLast = performance.now() - since > patienceMs;
    try {
      return await question();
    } catch (error) {
      const isAway = error instanceof TmonError && error.code === "TMON_BUS_UNREACHABLE";
      if (!isAway || signal.aborted || isLast) throw error;
    }
    await delay(askAgainMs, undefined, { signal }).catch(() => {});
  }
}

/** The same bus, that is asked patiently. */
export function patientBus(bus: Bus, patience: Patience): Bus {
  /** Until it has begun: from there the bus has patience of its own. */
  async function* read(options: ReadOptions): AsyncGenerator<ReceivedMessage> {
    const { messages, first } = await patiently(patience, async () => {
      const messages = bus.read(options)[Symbol.asyncIterator]();
      return { messages, first: await messages.next() };
    });
    try {
      if (!first.done) yield first.value;
      yield* { [Symbol.asyncIterator]: () => messages };
    } finally {
      await messages.return?.();
    }
  }

  return {
    ...bus,
    read,
    describeTopics: (topics) => patiently(patience, () => bus.describeTopics(topics)),
    describeGroup: (group, topics) => patiently(patience, () => bus.describeGroup(group, topics)),
  };
}
