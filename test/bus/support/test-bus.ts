import { pino } from "pino";
import type { Bus } from "../../../src/bus/bus.ts";
import { type EmbeddedTopic, openEmbeddedBus } from "../../../src/bus/embedded/open.ts";
import { openKafkaBus } from "../../../src/bus/kafka/open.ts";
import type { KafkaConfig } from "../../../src/config/config.ts";

/** How a test and the child processes it starts reach one and the same bus. */
export type BusTarget = EmbeddedTarget | KafkaTarget;

export interface EmbeddedTarget {
  kind: "embedded";
  dataDir: string;
  topics: EmbeddedTopic[];
  retentionBytes?: number;
  retentionMs?: number;
}

export interface KafkaTarget {
  kind: "kafka";
  brokers: string[];
  topics: string[];
}

const log = pino({ level: process.env.TMON_LOG_LEVEL ?? "silent" });

export function openTestBus(target: BusTarget): Promise<Bus> {
  if (target.kind === "kafka")
    return openKafkaBus({
      kafka: kafkaConfig(target.brokers),
      topics: target.topics,
      log,
      ending: new AbortController().signal,
    });
  return openEmbeddedBus({
    durability: "process",
    retentionMs: 3_600_000,
    retentionBytes: 1_000_000_000,
    log,
    ...target,
  });
}

/** As the configuration has it by default. */
export function kafkaConfig(brokers: string[], security: Partial<KafkaConfig["security"]> = {}): KafkaConfig {
  return {
    brokers,
    compression: "none",
    maxRequestBytes: 1_048_576,
    retryBackoffMs: 100,
    requestTimeoutMs: 5_000,
    adminTimeoutMs: 30_000,
    metadataMaxAgeMs: 300_000,
    security: {
      protocol: "PLAINTEXT",
      saslMechanism: undefined,
      saslUsername: undefined,
      saslPassword: undefined,
      caFile: undefined,
      certificateFile: undefined,
      keyFile: undefined,
      keyPassword: undefined,
      ...security,
    },
  };
}
