import { TmonError } from "../../errors.ts";
import type { Budget } from "./budget.ts";
import type { Job } from "./job.ts";
import { failed, type Outcome, unaffordable } from "./outcome.ts";

/** What becomes of a task that must not be called at all; undefined if it may be. */
export function refusalOf(job: Job, budget: Budget): Outcome | undefined {
  const { task } = job;
  if (task.picture.length === 0) {
    const where = task.groupImageUrl === "" ? "no picture" : "a picture by URL only";
    return failed(
      new TmonError(
        "TMON_IMAGE_OMITTED",
        `the task has ${where}`,
        "send the picture as groupImageBase64; if it was left out for its size, raise the topic's max.message.bytes",
      ),
    );
  }
  const refused = budget.refusal(job);
  return refused && unaffordable(refused);
}
