import { valueAt } from "./check-file.ts";
import type { YamlFile } from "./yaml-file.ts";

/** Keys of the seed's files that tmon decides itself: which promise they would break, and what would break none. */
const overridden: Record<string, Record<string, { why: string; agrees?: unknown[] }>> = {
  "kafka.yaml": {
    "kafka.producer.acks": {
      why: "every message is written to all in-sync replicas",
      agrees: ["all", -1, "-1"],
    },
    "kafka.producer.enable_idempotence": {
      why: "ids are deterministic and consumers drop repeats",
      agrees: [false],
    },
    "kafka.producer.retries": { why: "a send is tried until its deadline" },
    "kafka.consumer.enable_auto_commit": {
      why: "commits follow the work, or a restart would lose it",
      agrees: [false],
    },
    "kafka.consumer.auto_offset_reset": {
      why: "a new group starts at the earliest message, or it would skip work",
      agrees: ["earliest"],
    },
    "kafka.consumer.session_timeout_ms": { why: "work goes on within 12 s of a kill", agrees: [8000] },
    "kafka.consumer.heartbeat_interval_ms": { why: "work goes on within 12 s of a kill", agrees: [1000] },
    "kafka.consumer.isolation_level": {
      why: "there are no transactions to wait for",
      agrees: ["read_committed"],
    },
    "kafka.consumer.fetch_max_wait_ms": { why: "people see a danger within 2 s", agrees: [100] },
  },
};

/** Keys of the seed's files that mean nothing here. */
const ignored: Record<string, string[]> = {
  "kafka.yaml": [
    "kafka.producer.linger_ms",
    "kafka.producer.batch_size",
    "kafka.producer.buffer_memory",
    "kafka.producer.transactional_id",
    "kafka.consumer.auto_commit_interval_ms",
    "kafka.consumer.fetch_min_bytes",
    "kafka.consumer.max_poll_records",
    "kafka.consumer.max_poll_interval_ms",
    "kafka.connection.connections_max_idle_ms",
    "kafka.connection.reconnect_backoff_ms",
    "kafka.connection.reconnect_backoff_max_ms",
  ],
  "api_keys.yaml": ["monitoring.prometheus"],
  "monitoring.yaml": ["prometheus", "grafana", "tracing", "profiling"],
};

/** A topic's default retention, ms: active segments outlive it, so that a longer segment breaks it. */
const shortestRetentionMs = 3_600_000;
const topicKeys = [
  "detection_results",
  "assessment_tasks",
  "risk_assessment_results",
  "incidents",
  "dead_letters",
];

/** One warning for a file that has keys which do not count, listing every one; undefined if all count. */
export function warnOfUnusedKeys(file: YamlFile): string | undefined {
  const has = (key: string) => valueAt(file.data, key.split(".")) !== undefined;
  const decided = [...contradicted(file), ...longSegments(file)];
  const meaningless = (ignored[file.name] ?? []).filter(has).flatMap((key) => leaves(file.data, key));
  if (decided.length + meaningless.length === 0) return undefined;
  const parts = [
    decided.length > 0 && `overridden: ${decided.map(({ key, why }) => `${key} (${why})`).join(", ")}`,
    meaningless.length > 0 && `ignored: ${meaningless.join(", ")}`,
  ];
  return `${file.path} has keys that do not count. ${parts.filter(Boolean).join(". ")}`;
}

interface Overridden {
  key: string;
  why: string;
}

function contradicted(file: YamlFile): Overridden[] {
  return Object.entries(overridden[file.name] ?? {}).flatMap(([key, { why, agrees = [] }]) => {
    const value = valueAt(file.data, key.split("."));
    return value === undefined || agrees.includes(value) ? [] : { key, why };
  });
}

function longSegments(file: YamlFile): Overridden[] {
  if (file.name !== "kafka.yaml") return [];
  const number = (key: string) => valueAt(file.data, key.split(".")) as number | undefined;
  const tooLong = (prefix: string, retentionMs: number): Overridden[] =>
    (number(`${prefix}.segment_ms`) ?? 0) > retentionMs
      ? [{ key: `${prefix}.segment_ms`, why: "active segments outlive the retention" }]
      : [];
  return [
    ...tooLong("kafka.admin.default_topic_config", shortestRetentionMs),
    ...topicKeys.flatMap((topic) => {
      const prefix = `kafka.topics.${topic}`;
      return tooLong(prefix, number(`${prefix}.retention_ms`) ?? shortestRetentionMs);
    }),
  ];
}

/** The full names of what stands below a key. */
function leaves(data: unknown, key: string): string[] {
  const value = valueAt(data, key.split("."));
  if (typeof value !== "object" || value === null || Array.isArray(value)) return [key];
  return Object.keys(value).flatMap((name) => leaves(data, `${key}.${name}`));
}
