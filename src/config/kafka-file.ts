import { z } from "zod";
import { brokersFault } from "./host-port.ts";
import { splitList } from "./words.ts";

const positive = z.number().positive();
const ignored = z.unknown().optional();

const topicSchema = z.strictObject({
  name: z.string().min(1).optional(),
  partitions: z.int().min(1).optional(),
  replication_factor: z.int().min(1).optional(),
  retention_ms: positive.optional(),
  max_message_bytes: positive.optional(),
  segment_ms: positive.optional(),
  segment_bytes: positive.optional(),
});

/** kafka.yaml. The seed's file is one of these: keys that do not count are known, so that they can be named. */
export const kafkaFileSchema = z.strictObject({
  groups: z
    .strictObject({
      generator: z.string().optional(),
      scheduler: z.string().optional(),
      aggregator: z.string().optional(),
    })
    .optional(),
  kafka: z
    .strictObject({
      bootstrap_servers: z
        .union([z.string().transform(splitList), z.array(z.string().min(1))])
        .refine((brokers) => brokers.length > 0, { error: "name at least one HOST:PORT" })
        .refine((brokers) => brokersFault(brokers) === undefined, {
          error: ({ input }) => brokersFault(input as string[]),
        })
        .optional(),
      topics: z
        .strictObject({
          detection_results: topicSchema.optional(),
          assessment_tasks: topicSchema.optional(),
          risk_assessment_results: topicSchema.optional(),
          incidents: topicSchema.optional(),
          dead_letters: topicSchema.optional(),
        })
        .optional(),
      producer: z
        .strictObject({
          compression_type: z.enum(["none", "gzip", "snappy", "lz4", "zstd"]).optional(),
          max_request_size: positive.optional(),
          retry_backoff_ms: positive.optional(),
          acks: ignored,
          retries: ignored,
          enable_idempotence: ignored,
          linger_ms: ignored,
          batch_size: ignored,
          buffer_memory: ignored,
          transactional_id: ignored,
        })
        .optional(),
      consumer: z
        .strictObject({
          group_id_prefix: z.string().min(1).optional(),
          enable_auto_commit: ignored,
          auto_commit_interval_ms: ignored,
          auto_offset_reset: ignored,
          fetch_min_bytes: ignored,
          fetch_max_wait_ms: ignored,
          max_poll_records: ignored,
          max_poll_interval_ms: ignored,
          session_timeout_ms: ignored,
          heartbeat_interval_ms: ignored,
          isolation_level: ignored,
        })
        .optional(),
      admin: z
        .strictObject({
          request_timeout_ms: positive.optional(),
          default_topic_config: z
            .strictObject({
              cleanup_policy: z.string().optional(),
              max_message_bytes: positive.optional(),
              segment_bytes: positive.optional(),
              segment_ms: positive.optional(),
            })
            .optional(),
        })
        .optional(),
      connection: z
        .strictObject({
          request_timeout_ms: positive.optional(),
          metadata_max_age_ms: positive.optional(),
          connections_max_idle_ms: ignored,
          reconnect_backoff_ms: ignored,
          reconnect_backoff_max_ms: ignored,
        })
        .optional(),
      security: z
        .strictObject({
          protocol: z.enum(["PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"]).optional(),
          sasl_mechanism: z.enum(["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"]).optional(),
          sasl_username: z.string().optional(),
          sasl_password: z.string().optional(),
          sasl_password_file: z.string().optional(),
          ssl_ca_location: z.string().optional(),
          ssl_certificate_location: z.string().optional(),
          ssl_key_location: z.string().optional(),
          ssl_key_password: z.string().optional(),
          ssl_key_password_file: z.string().optional(),
        })
        .optional(),
    })
    .optional(),
});
export type KafkaFile = z.output<typeof kafkaFileSchema>;
