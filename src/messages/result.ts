import { z } from "zod";
import {
  cameraIdSchema,
  simulationModelField,
  timestampSchema,
  traceSchema,
  versionField,
} from "./common.ts";

/** Ascending. */
export const riskLevels = ["none", "low", "medium", "high"] as const;
export const riskLevelSchema = z.enum(riskLevels);
export type RiskLevel = (typeof riskLevels)[number];

export const riskTypeCodes = [
  "pedestrian_conflict",
  "tailgating",
  "wrong_way",
  "red_light",
  "lane_change",
  "stopped_in_lane",
  "emergency_lane",
  "obstruction",
  "other",
] as const;
export type RiskTypeCode = (typeof riskTypeCodes)[number];

export const resultStatuses = ["assessed", "failed", "expired", "superseded"] as const;
export type ResultStatus = (typeof resultStatuses)[number];

const verdictSchema = z.looseObject({
  groupIndex: z.number().int().min(1).optional(),
  riskLevel: riskLevelSchema,
  confidence: z.number(),
  riskTypes: z.array(z.string()).default([]).describe("in the configured language"),
  riskTypeCodes: z.array(z.enum(riskTypeCodes)).default([]),
  description: z.string().default(""),
  dangerObjectCount: z.number().int().default(0),
  triggerObjectIds: z.array(z.number().int()).default([]),
});

const metadataSchema = z.looseObject({
  llmLatency: z.number().optional().describe("seconds"),
  llmModel: z.string().optional(),
  apiKeyId: z.string().optional(),
  retryCount: z.number().int().optional(),
  calls: z.number().int().optional(),
  throttledCalls: z.number().int().optional().describe("calls the provider answered with a 429"),
  llmOpenMs: z.number().optional().describe("time in which at least one request of the task was open"),
  promptTokens: z.number().int().optional(),
  completionTokens: z.number().int().optional(),
  costYuan: z.number().optional(),
  providerRequestId: z.string().optional(),
  simulated: z.boolean().optional().describe("the verdict is a simulated provider's"),
  simulationModel: simulationModelField,
});

/** The wire format of `risk-assessment-results`: the final word on one task. */
export const resultWireSchema = z.looseObject({
  schemaVersion: versionField,
  messageId: z.string().min(1).optional(),
  taskId: z.string().min(1).optional(),
  requestId: z.string().optional(),
  cameraId: cameraIdSchema,
  timestamp: timestampSchema,
  groupIndex: z.number().int().min(1).default(1),
  status: z.enum(resultStatuses).optional(),
  results: z.array(verdictSchema).default([]),
  hasDangerousDriving: z.boolean().nullable().optional(),
  maxRiskLevel: z.union([riskLevelSchema, z.literal("unknown")]).optional(),
  error: z.string().nullish(),
  errorCode: z.string().nullish(),
  metadata: metadataSchema.default({}),
  trace: traceSchema.default({}),
});

export const resultSchema = resultWireSchema
  .refine((result) => result.taskId ?? result.messageId, "needs a taskId or a messageId")
  .transform((result) => {
    const taskId = result.taskId ?? (result.messageId as string).replace(/_result$/, "");
    const status = finalStatus(result);
    const assessed = status === "assessed";
    const worst = worstLevel(result.results.map((verdict) => verdict.riskLevel));
    return {
      ...result,
      taskId,
      messageId: result.messageId ?? `${taskId}_result`,
      requestId: result.requestId ?? taskId.replace(/_group\d+$/, ""),
      status,
      results: assessed ? result.results : [],
      hasDangerousDriving: assessed ? isDangerous(worst) : null,
      maxRiskLevel: assessed ? worst : ("unknown" as const),
      error: result.error ?? null,
      errorCode: result.errorCode ?? null,
    };
  });

export type AssessmentResult = z.output<typeof resultSchema>;
export type Verdict = AssessmentResult["results"][number];
export type ResultMetadata = AssessmentResult["metadata"];

/** Results of others say no status. What is not clearly a verdict was not assessed, whatever it says of itself. */
function finalStatus(result: z.output<typeof resultWireSchema>): ResultStatus {
  if (result.status && result.status !== "assessed") return result.status;
  return holdsVerdict(result) ? "assessed" : "failed";
}

/** No verdict: an error, nothing at all without "none" being said, or more danger said than any verdict names. */
function holdsVerdict(result: z.output<typeof resultWireSchema>): boolean {
  const { error, errorCode, results, hasDangerousDriving, maxRiskLevel } = result;
  if (error || errorCode) return false;
  if (results.length === 0 && maxRiskLevel !== "none") return false;
  const worst = worstLevel(results.map((verdict) => verdict.riskLevel));
  if (hasDangerousDriving && !isDangerous(worst)) return false;
  return maxRiskLevel === undefined || maxRiskLevel === "unknown" || !isAbove(maxRiskLevel, worst);
}

export function isAbove(level: RiskLevel, other: RiskLevel): boolean {
  return riskLevels.indexOf(level) > riskLevels.indexOf(other);
}

/** The highest of the levels; none if there are none. */
export function worstLevel(levels: readonly RiskLevel[]): RiskLevel {
  return levels.reduce<RiskLevel>((worst, level) => (isAbove(level, worst) ? level : worst), "none");
}

/** Medium and high are what people are told about. */
export function isDangerous(level: RiskLevel): boolean {
  return level === "medium" || level === "high";
}
