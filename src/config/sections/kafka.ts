import { resolve } from "node:path";
import type { KafkaConfig } from "../config.ts";
import { checkBrokers } from "../host-port.ts";
import type { Sources } from "../load.ts";
import { byDefault, type Choose, fromFile, listFromEnvironment, map, secret } from "../provenance.ts";
import { readSecretFile } from "../secret-file.ts";

export function chooseKafka(choose: Choose, { kafka, env, configDir = "." }: Sources): KafkaConfig {
  const { file, data } = kafka;
  const inFile = <T>(...path: string[]) => fromFile<T>(file, data, ["kafka", ...path]);
  const of = <T>(fallback: T, ...path: string[]) =>
    choose(["kafka", ...path].join("."), inFile<T>(...path), byDefault(fallback));
  const security = <T>(name: string) => of<T | undefined>(undefined, "security", name);
  const path = (name: string) =>
    choose(
      `kafka.security.${name}`,
      map(inFile<string>("security", name), (text) => resolve(configDir, text)),
      byDefault(undefined),
    );
  const hidden = (name: string) =>
    choose(
      `kafka.security.${name}`,
      secret(
        inFile<string>("security", name) ??
          map(inFile<string>("security", `${name}_file`), (path) => readSecretFile(path, file)),
      ),
      byDefault(undefined),
    );
  return {
    brokers: choose(
      "kafka.bootstrap_servers",
      map(listFromEnvironment(env, "TMON_KAFKA_BROKERS"), (list) => checkBrokers(list, "TMON_KAFKA_BROKERS")),
      inFile<string[]>("bootstrap_servers"),
      byDefault(["localhost:9092"]),
    ),
    compression: of<KafkaConfig["compression"]>("none", "producer", "compression_type"),
    maxRequestBytes: of(1_048_576, "producer", "max_request_size"),
    retryBackoffMs: of(100, "producer", "retry_backoff_ms"),
    requestTimeoutMs: of(5_000, "connection", "request_timeout_ms"),
    adminTimeoutMs: of(30_000, "admin", "request_timeout_ms"),
    metadataMaxAgeMs: of(300_000, "connection", "metadata_max_age_ms"),
    security: {
      protocol: of<KafkaConfig["security"]["protocol"]>("PLAINTEXT", "security", "protocol"),
      saslMechanism: security("sasl_mechanism"),
      saslUsername: security("sasl_username"),
      saslPassword: hidden("sasl_password"),
      caFile: path("ssl_ca_location"),
      certificateFile: path("ssl_certificate_location"),
      keyFile: path("ssl_key_location"),
      keyPassword: hidden("ssl_key_password"),
    },
  };
}
