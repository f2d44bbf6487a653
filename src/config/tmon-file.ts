import { z } from "zod";
import { durationField, shareField, sizeField } from "./fields.ts";

/** tmon.yaml: everything that has no file of its own. */
export const tmonFileSchema = z.strictObject({
  bus: z.enum(["embedded", "kafka"]).optional(),
  store: z.enum(["embedded", "redis"]).optional(),
  embedded: z
    .strictObject({
      durability: z.enum(["process", "power"]).optional(),
    })
    .optional(),
  retention: z.strictObject({ time: durationField.optional(), size: sizeField.optional() }).optional(),
  web: z
    .strictObject({
      host: z.string().optional(),
      port: z.int().min(0).max(65_535).optional(),
      tokens: z
        .array(
          z
            .strictObject({
              name: z.string(),
              token: z.string().optional(),
              token_file: z.string().optional(),
            })
            .refine((entry) => (entry.token === undefined) !== (entry.token_file === undefined), {
              error: "give either token or token_file",
            }),
        )
        .optional(),
    })
    .optional(),
  detector: z
    .strictObject({
      model: z.string().optional(),
      interval: durationField.optional(),
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
  vlm: z
    .strictObject({
      base_url: z.url().optional(),
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
      providers: z
        .record(z.string(), z.strictObject({ base_url: z.url(), model: z.string().optional() }))
        .optional(),
    })
    .optional(),
  aggregator: z
    .strictObject({ keep_images: z.boolean().optional(), close_after: durationField.optional() })
    .optional(),
  incidents: z.strictObject({ iou: shareField.optional(), clear_after: durationField.optional() }).optional(),
  language: z.enum(["zh", "en"]).optional(),
  timezone: z
    .string()
    .refine((zone) => isTimezone(zone), { error: "not an IANA time zone, e.g. Asia/Shanghai" })
    .optional(),
  log_level: z.enum(["trace", "debug", "info", "warn", "error", "fatal"]).optional(),
  drain: durationField.optional(),
});
export type TmonFile = z.output<typeof tmonFileSchema>;

/** cameras.yaml: the cameras alone. */
export const camerasFileSchema = z.strictObject({
  cameras: z
    .array(
      z.strictObject({
        id: z.union([z.string().min(1), z.int().min(0).transform(String)]).optional(),
        url: z.string(),
        interval: durationField.optional(),
        weight: z.number().positive().optional(),
      }),
    )
    .nullable()
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
