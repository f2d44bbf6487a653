import { setTimeout as delay } from "node:timers/promises";
import type { Store } from "../../store/store.ts";
import type { Collector } from "../report/collector.ts";
import type { Observations } from "../report/observations.ts";
import { unfinished } from "../report/report.ts";
import type { System } from "../system.ts";
import type { Load } from "./load.ts";

const lookEveryMs = 100;

export interface Running {
  load: Load;
  collector: Collector;
  system: System | undefined;
  store: Pick<Store, "frameMark">;
}

/** True when all that was sent came to its end before the deadline. */
export async function drain(
  { load, collector, system, store }: Running,
  deadline: AbortSignal,
): Promise<boolean> {
  await load.stop(deadline);
  const { seen } = collector;
  // First what is cheap to count.
  const isDone = () => load.isBack(seen) && Object.values(unfinished(seen)).every((count) => count === 0);
  while (!isDone() && !deadline.aborted) await delay(lookEveryMs);
  if (deadline.aborted) return false;
  if (system) return system.drain(deadline);
  await framesClosed(seen, store, deadline);
  return true;
}

/** A frame without a verdict is written to the store when it is closed, and no verdict's push tells of that. */
async function framesClosed(
  seen: Observations,
  store: Pick<Store, "frameMark">,
  deadline: AbortSignal,
): Promise<void> {
  for (const { status, messageId } of seen.results.values()) {
    if (status === "assessed") continue;
    while (!deadline.aborted && !(await store.frameMark(messageId).catch(() => undefined)))
      await delay(lookEveryMs);
  }
}
