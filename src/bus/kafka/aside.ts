import { setTimeout as delay } from "node:timers/promises";
import type { Admin, Kafka } from "kafkajs";
import { asking, isAnswer } from "./failure.ts";

/** Longer than a question waits for an election. */
export const answerWithinMs = 10_000;

/** @throws TmonError TMON_BUS_REFUSED, TMON_TLS_FAILED, TMON_BUS_UNREACHABLE, also when there is no answer in time */
export type Ask = <T>(question: (admin: Admin) => Promise<T>, withinMs?: number) => Promise<T>;

export interface Aside {
  ask: Ask;
  close(): Promise<void>;
}

/**
 * Asks over connections of its own, which are kept: opening them takes ten times as long as a question. Where one
 * ends at a bad moment the library may wait for ever, and whatever is asked of the same client then waits too: so
 * who does not answer in time is given up, and the next question goes to a new one.
 */
export function createAside(kafka: Kafka, first?: Admin): Aside {
  let admin = first;

  /** What was asked may still go on, and connect again. */
  function giveUp(asked: Admin, answer: Promise<unknown>): void {
    if (admin === asked) admin = undefined;
    const leave = () => void asked.disconnect().catch(() => {});
    leave();
    answer.then(leave, leave);
  }

  return {
    async ask(question, withinMs = answerWithinMs) {
      admin ??= kafka.admin();
      const asked = admin;
      const answer = asked.connect().then(() => question(asked));
      try {
        return await asking(() => within(withinMs, answer));
      } catch (error) {
        if (!isAnswer(error)) giveUp(asked, answer);
        throw error;
      }
    },
    close: async () => admin?.disconnect(),
  };
}

/** Rejects when the work has not ended by then. */
export async function within<T>(ms: number, work: Promise<T>): Promise<T> {
  const done = new AbortController();
  const late = delay(ms, undefined, { signal: done.signal }).then(() => {
    throw new Error(`no answer for ${Math.round(ms / 100) / 10} s`);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    done.abort();
  }
}
