import { taskIdOf } from "../../messages/ids.ts";
import type { Observations } from "../report/observations.ts";
import type { RunFacts } from "../report/report.ts";
import type { Origin } from "./feed.ts";

/** What the bus took is there, also where it could not be read back; only who detected a frame's groups knows them. */
export function noteSent(seen: Observations, from: Origin, frames: ReadonlySet<string>): void {
  if (from === "cameras") return;
  for (const messageId of frames) {
    const taskId = taskIdOf(messageId, 1);
    if (from === "tasks") seen.tasks.add(taskId);
    else seen.frames.set(messageId, { taskIds: [taskId] });
  }
}

/** Who judges in a deployment its results alone tell. */
export function judgeOf({ results }: Observations): Pick<RunFacts["run"], "vlm" | "simulated"> {
  const asked = [...results.values()].filter(({ model }) => model !== undefined);
  const models = new Set(asked.map(({ model }) => model));
  return { vlm: [...models].join(", ") || "unknown", simulated: asked.some(({ simulated }) => simulated) };
}

export function explainUnsent(unsent: number, due: number): string | null {
  return unsent === 0 ? null : `${unsent} of ${due} frames that were due could not be sent in time`;
}
