import { z } from "zod";
import { liveSchemes } from "./camera-url.ts";
import {
  baseUrlField,
  busSizeField,
  durationField,
  hostPortField,
  hostRuleField,
  intervalField,
  logLevelField,
  mirrorField,
  originField,
  patienceField,
  redisUrlField,
  secretField,
  shareField,
  sizeField,
} from "./fields.ts";

/** One more place where an OpenAI-compatible model answers; a local server needs no key. */
const providerSchema = z
  .strictObject({
    base_url: baseUrlField,
    model: z.string().min(1).optional(),
    key: secretField.optional(),
    key_file: secretField.optional(),
  })
  .refine((provider) => provider.key === undefined || provider.key_file === undefined, {
    error: "give either key or key_file",
  });
export type ProviderEntry = z.output<typeof providerSchema>;

/** tmon.yaml: everything that has no file of its own. */
export const tmonFileSchema = z.strictObject({
  bus: z.enum(["embedded", "kafka"]).optional(),
  store: z.enum(["embedded", "redis"]).optional(),
  redis: z
    .strictObject({
      url: redisUrlField.optional(),
      username: z.string().min(1).optional(),
      password: secretField.optional(),
      password_file: secretField.optional(),
      sentinels: z
        .strictObject({
          name: z.string().min(1),
          nodes: z.array(hostPortField).min(1),
          password: secretField.optional(),
          password_file: secretField.optional(),
        })
        .optional(),
      tls: z
        .strictObject({
          ca_file: z.string().optional(),
          certificate_file: z.string().optional(),
          key_file: z.string().optional(),
        })
        .optional(),
    })
    .optional(),
  embedded: z
    .strictObject({
      durability: z.enum(["process", "power"]).optional(),
    })
    .optional(),
  retention: z.strictObject({ time: durationField.optional(), size: busSizeField.optional() }).optional(),
  web: z
    .strictObject({
      host: z.string().optional(),
      port: z.int().min(0).max(65_535).optional(),
      tokens: z
        .array(
          z
            .strictObject({
              name: z.string().min(1),
              role: z.enum(["operator", "viewer"]).optional(),
              token: secretField.optional(),
              token_file: secretField.optional(),
            })
            .refine((entry) => (entry.token === undefined) !== (entry.token_file === undefined), {
              error: "give either token or token_file",
            }),
        )
        .optional(),
      origins: z.array(originField).optional(),
      streams: z
        .strictObject({
          schemes: z.array(z.enum(liveSchemes)).optional(),
          hosts: z.array(hostRuleField).optional(),
        })
        .optional(),
    })
    .optional(),
  detector: z
    .strictObject({
      model: z.string().optional(),
      interval: intervalField.optional(),
      workers: z.int().min(1).max(64).optional(),
      confidence: shareField.optional(),
      iou: shareField.optional(),
      groups: z
        .strictObject({
          distance_factor: z.number().positive().optional(),
          distance_px: z.number().positive().optional(),
          min_members: z.int().min(2).optional(),
          max_members: z.int().min(2).optional(),
        })
        .optional(),
      crops: z
        .strictObject({
          margin_px: z.int().min(0).optional(),
          max_side_px: z.int().min(32).optional(),
          max_size: sizeField.optional(),
        })
        .optional(),
    })
    .optional(),
  models: z
    .strictObject({ directory: z.string().min(1).optional(), mirror: mirrorField.optional() })
    .optional(),
  vlm: z
    .strictObject({
      base_url: baseUrlField.optional(),
      model: z.string().optional(),
      max_tokens: z.int().min(16).optional(),
      thresholds: z
        .strictObject({ low: shareField, medium: shareField, high: shareField })
        .refine(({ low, medium, high }) => low < medium && medium < high, {
          error: "low, medium and high must rise in this order",
        })
        .optional(),
      prices: z
        .record(z.string(), z.strictObject({ input: z.number().min(0), output: z.number().min(0) }))
        .optional(),
      providers: z.record(z.string(), providerSchema).optional(),
    })
    .optional(),
  budgets: z.strictObject({ yuan_per_day: z.number().positive().optional() }).optional(),
  aggregator: z
    .strictObject({ keep_images: z.boolean().optional(), close_after: durationField.optional() })
    .optional(),
  incidents: z.strictObject({ iou: shareField.optional(), clear_after: durationField.optional() }).optional(),
  language: z.enum(["zh", "en"]).optional(),
  timezone: z
    .string()
    .refine((zone) => isTimezone(zone), { error: "not an IANA time zone, e.g. Asia/Shanghai" })
    .optional(),
  log_level: logLevelField.optional(),
  drain: patienceField.optional(),
});
export type TmonFile = z.output<typeof tmonFileSchema>;

/** cameras.yaml: the cameras alone. */
export const camerasFileSchema = z.strictObject({
  cameras: z
    .array(
      z.strictObject({
        id: z.union([z.string().min(1), z.int().min(0).transform(String)]).optional(),
        url: z.string(),
        interval: intervalField.optional(),
        weight: z.number().positive().optional(),
      }),
    )
    .optional(),
});
export type CamerasFile = z.output<typeof camerasFileSchema>;

function isTimezone(zone: string): boolean {
  try {
    new Intl.DateTimeFormat("en", { timeZone: zone });
    return true;
  } catch {
    return false;
  }
}
