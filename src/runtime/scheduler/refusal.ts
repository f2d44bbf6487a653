import type { Config } from "../../config/config.ts";
import { TmonError } from "../../errors.ts";
import type { AssessmentTask } from "../../messages/task.ts";
import { isLoopback } from "../../vlm/loopback.ts";

/** Why a task must not be called at all, or undefined. */
export function refusalOf(task: AssessmentTask, config: Pick<Config, "keys">): TmonError | undefined {
  if (task.groupImageBase64 === "") {
    const where = task.groupImageUrl === "" ? "no picture" : "a picture by URL only";
    return new TmonError(
      "TMON_IMAGE_OMITTED",
      `the task has ${where}`,
      "send the picture as groupImageBase64; if it was left out for its size, raise the topic's max.message.bytes",
    );
  }
  if (task.source === "sim" && config.keys.some((key) => key.enabled && !isLoopback(key.baseUrl))) {
    return new TmonError(
      "TMON_SPEND_NOT_ALLOWED",
      "a simulated camera's task met a provider that costs money",
      "say --vlm sim to judge simulated cameras",
    );
  }
  return undefined;
}
