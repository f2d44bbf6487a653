import type { z } from "zod";
import { detectionWireSchema } from "./detection.ts";
import { incidentSchema } from "./incident.ts";
import { resultWireSchema } from "./result.ts";
import { taskWireSchema } from "./task.ts";

/** The topics by their standard names; kafka.yaml may name them otherwise (config.topics). */
export const topicIds = [
  "detection-results",
  "assessment-tasks",
  "risk-assessment-results",
  "incidents",
  "dead-letters",
] as const;
/** One partition of each belongs to one member: a camera's detection and its results must meet. */
export const pipelineTopics = ["detection-results", "assessment-tasks", "risk-assessment-results"] as const;
export type TopicId = (typeof topicIds)[number];

/** Wire formats, for `tmon schema`. A dead letter's value is the original bytes: it has headers only. */
export const wireSchemas: Record<Exclude<TopicId, "dead-letters">, z.ZodType> = {
  "detection-results": detectionWireSchema,
  "assessment-tasks": taskWireSchema,
  "risk-assessment-results": resultWireSchema,
  incidents: incidentSchema,
};
