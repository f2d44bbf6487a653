import { z } from "zod";
import { logLevelField } from "./fields.ts";

const ignored = z.unknown().optional();
const loose = z.looseObject({});

/** monitoring.yaml: logging, audit, alert rules and notification channels. The seed's file is one of these. */
export const monitoringFileSchema = z.strictObject({
  prometheus: ignored,
  grafana: ignored,
  tracing: ignored,
  profiling: ignored,
  alerts: z
    .strictObject({
      enabled: z.boolean().optional(),
      rules: z
        .array(
          z.strictObject({
            name: z.string(),
            metric: z.string(),
            threshold: z.number(),
            comparison: z.enum(["greater_than", "less_than"]).optional(),
            duration: z.string().optional(),
            severity: z.enum(["info", "warning", "critical"]).optional(),
            description: z.string().optional(),
          }),
        )
        .optional(),
      notification_channels: z
        .array(
          z.strictObject({
            type: z.enum(["email", "webhook", "dingtalk", "wecom"]),
            enabled: z.boolean().optional(),
            config: loose.optional(),
          }),
        )
        .optional(),
    })
    .optional(),
  logging: z
    .strictObject({
      level: logLevelField.optional(),
      format: z.string().optional(),
      handlers: z.array(z.looseObject({ level: logLevelField.optional() })).optional(),
      loggers: z.record(z.string(), logLevelField).optional(),
    })
    .optional(),
  audit: loose.optional(),
  health_check: loose.optional(),
});
export type MonitoringFile = z.output<typeof monitoringFileSchema>;
