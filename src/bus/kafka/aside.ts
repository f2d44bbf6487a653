import { setTimeout as delay } from "node:timers/promises";
import type { Admin, Kafka } from "kafkajs";

/** As long as an election takes. */
const answerWithinMs = 10_000;

/**
 * Asks over connections of its own. Where one ends at a bad moment the library may wait for ever, and whatever is
 * asked of the same client then waits too.
 */
export async function askAside<T>(kafka: Kafka, question: (admin: Admin) => Promise<T>): Promise<T> {
  const admin = kafka.admin();
  try {
    return await within(
      answerWithinMs,
      admin.connect().then(() => question(admin)),
    );
  } finally {
    void admin.disconnect().catch(() => {});
  }
}

/** Rejects when the work has not ended by then. */
export async function within<T>(ms: number, work: Promise<T>): Promise<T> {
  const done = new AbortController();
  const late = delay(ms, undefined, { signal: done.signal }).then(() => {
    throw new Error(`Kafka has not answered for ${ms / 1000} s`);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    done.abort();
  }
}
