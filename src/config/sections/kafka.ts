import { type TopicId, topicIds } from "../../messages/topics.ts";
import type { Config, KafkaConfig, TopicConfig } from "../config.ts";
import type { Sources } from "../load.ts";
import { byDefault, type Choose, fromEnvironment, fromFile, map, secret } from "../provenance.ts";
import { readSecretFile } from "../secret-file.ts";

const hour = 3_600_000;
const retentions: Record<TopicId, number> = {
  "detection-results": hour,
  "assessment-tasks": 2 * hour,
  "risk-assessment-results": 24 * hour,
  "dead-letters": 72 * hour,
  incidents: 720 * hour,
};
const maxMessageBytes = 1_048_576;
/** A dead letter is the original message with headers of its own. */
const deadLetterExtraBytes = 65_536;

export function chooseTopics(choose: Choose, { kafka }: Sources): Pick<Config, "topics" | "groups"> {
  const { file, data } = kafka;
  const topic = (id: TopicId): TopicConfig => {
    const key = id.replaceAll("-", "_");
    const of = <T>(name: string, fallback: T) =>
      choose(
        `kafka.topics.${key}.${name}`,
        fromFile<T>(file, data, ["kafka", "topics", key, name]),
        byDefault(fallback),
      );
    const extra = id === "dead-letters" ? deadLetterExtraBytes : 0;
    const byDefaultBytes = fromFile<number>(file, data, [
      "kafka",
      "admin",
      "default_topic_config",
      "max_message_bytes",
    ]);
    return {
      name: of<string>("name", id),
      partitions: of("partitions", 16),
      retentionMs: of("retention_ms", retentions[id]),
      maxMessageBytes: of("max_message_bytes", (byDefaultBytes?.value ?? maxMessageBytes) + extra),
      replicationFactor: of<number | undefined>("replication_factor", undefined),
    };
  };
  const prefix = choose(
    "kafka.consumer.group_id_prefix",
    fromFile<string>(file, data, ["kafka", "consumer", "group_id_prefix"]),
    byDefault("tmon"),
  );
  const group = (role: string) =>
    choose(`groups.${role}`, fromFile<string>(file, data, ["groups", role]), byDefault(`${prefix}-${role}`));
  return {
    topics: Object.fromEntries(topicIds.map((id) => [id, topic(id)])) as Config["topics"],
    groups: { generator: group("generator"), scheduler: group("scheduler"), aggregator: group("aggregator") },
  };
}

export function chooseKafka(choose: Choose, { kafka, env }: Sources): KafkaConfig {
  const { file, data } = kafka;
  const inFile = <T>(...path: string[]) => fromFile<T>(file, data, ["kafka", ...path]);
  const of = <T>(fallback: T, ...path: string[]) =>
    choose(["kafka", ...path].join("."), inFile<T>(...path), byDefault(fallback));
  const security = <T>(name: string) => of<T | undefined>(undefined, "security", name);
  const hidden = (name: string) =>
    choose(
      `kafka.security.${name}`,
      secret(inFile<string>("security", name)),
      secret(map(inFile<string>("security", `${name}_file`), (path) => readSecretFile(path, file))),
      byDefault(undefined),
    );
  return {
    brokers: choose(
      "kafka.bootstrap_servers",
      map(fromEnvironment(env, "TMON_KAFKA_BROKERS"), splitList),
      map(inFile<string>("bootstrap_servers"), splitList),
      byDefault(["localhost:9092"]),
    ),
    compression: of<KafkaConfig["compression"]>("none", "producer", "compression_type"),
    maxRequestBytes: of(maxMessageBytes, "producer", "max_request_size"),
    retryBackoffMs: of(100, "producer", "retry_backoff_ms"),
    requestTimeoutMs: of(30_000, "connection", "request_timeout_ms"),
    adminTimeoutMs: of(30_000, "admin", "request_timeout_ms"),
    metadataMaxAgeMs: of(300_000, "connection", "metadata_max_age_ms"),
    security: {
      protocol: of<KafkaConfig["security"]["protocol"]>("PLAINTEXT", "security", "protocol"),
      saslMechanism: security("sasl_mechanism"),
      saslUsername: security("sasl_username"),
      saslPassword: hidden("sasl_password"),
      caFile: security("ssl_ca_location"),
      certificateFile: security("ssl_certificate_location"),
      keyFile: security("ssl_key_location"),
      keyPassword: hidden("ssl_key_password"),
    },
  };
}

function splitList(text: string): string[] {
  return text.split(",").flatMap((part) => part.trim() || []);
}
