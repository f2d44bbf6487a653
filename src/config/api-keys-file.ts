import { z } from "zod";
import { checkFile } from "./check-file.ts";
import {
  baseUrlField,
  durationField,
  logLevelField,
  secondsField,
  secretField,
  shareField,
  sizeField,
} from "./fields.ts";
import type { YamlFile } from "./yaml-file.ts";

const limitField = z.number().positive().optional();

const accountSchema = z.strictObject({
  id: z.string().regex(/^[\w.-]+$/, "letters, digits, and . _ - alone"),
  models: z.record(
    z.string(),
    z.strictObject({
      rpm: limitField,
      tpm: limitField,
      qps: limitField,
      tps: limitField,
      concurrency: z.int().min(1).optional(),
    }),
  ),
});

const keySchema = z
  .strictObject({
    key: secretField.optional(),
    key_file: secretField.optional(),
    key_id: z.string().min(1).optional(),
    base_url: baseUrlField.optional(),
    model: z.string().optional(),
    account: z.string().optional(),
    qps_limit: limitField,
    rpm_limit: limitField,
    tpm_limit: limitField,
    concurrency: z.int().min(1).optional(),
    enabled: z.boolean().optional(),
    priority: z.int().min(1).optional(),
    weight: z.number().positive().optional(),
  })
  .refine((entry) => (entry.key === undefined) !== (entry.key_file === undefined), {
    error: "give either key or key_file",
  });

/** api_keys.yaml: the keys and how they are scheduled. The seed's file is one of these. */
const apiKeysFileSchema = z.strictObject({
  accounts: z.array(accountSchema).optional(),
  api_keys: z.array(keySchema.nullable()).optional(),
  scheduler: z
    .strictObject({
      max_concurrent_tasks: z.int().min(1).optional(),
      key_cooldown_seconds: secondsField.optional(),
      retry_max_attempts: z.int().min(0).optional(),
      timeout_seconds: secondsField.optional(),
      strategy: z.enum(["round_robin", "least_loaded", "weighted"]).optional(),
      max_age: durationField.optional(),
      queue_size: sizeField.optional(),
      adaptive_cooldown: z
        .strictObject({
          enabled: z.boolean().optional(),
          min_cooldown: secondsField.optional(),
          max_cooldown: secondsField.optional(),
          failure_threshold: shareField.optional(),
        })
        .optional(),
      rate_limit: z
        .strictObject({
          enabled: z.boolean().optional(),
          global_qps_limit: z.number().positive().optional(),
          window_size: secondsField.optional(),
        })
        .optional(),
      health_check: z
        .strictObject({
          enabled: z.boolean().optional(),
          interval_seconds: secondsField.optional(),
          timeout_seconds: secondsField.optional(),
          failure_threshold: z.int().min(1).optional(),
        })
        .optional(),
    })
    .optional(),
  monitoring: z
    .strictObject({
      prometheus: z.unknown().optional(),
      log_level: logLevelField.optional(),
      slow_query_threshold: secondsField.optional(),
    })
    .optional(),
});
export type ApiKeysFile = z.output<typeof apiKeysFileSchema>;
export type ApiKeyEntry = z.output<typeof keySchema>;
export type AccountEntry = z.output<typeof accountSchema>;

/**
 * Entries that name an unset variable are null, whatever else they say: one key less must not keep the others
 * from work.
 * @throws TmonError TMON_CONFIG_INVALID
 */
export function checkApiKeysFile(file: YamlFile): ApiKeysFile {
  const { api_keys: entries, ...others } = file.data as { api_keys?: unknown };
  if (!Array.isArray(entries)) return checkFile(apiKeysFileSchema, file);
  const isUnset = (index: number) => file.unset.some(({ path }) => path[1] === index);
  const data = { ...others, api_keys: entries.map((entry, index) => (isUnset(index) ? null : entry)) };
  return checkFile(apiKeysFileSchema, { ...file, data });
}
