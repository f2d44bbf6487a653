import { Kafka, type KafkaConfig as KafkaOptions, logLevel, type SASLOptions } from "kafkajs";
import type { Logger } from "pino";
import type { KafkaConfig } from "../../config/config.ts";
import { readTlsFiles } from "../../tls/files.ts";
import { registerCodecs } from "./codecs.ts";
import { createSocket } from "./socket.ts";

const connectionTimeoutMs = 5_000;
const longestRetryMs = 1_000;

/**
 * The library's client, with the credentials of the configuration. What it logs is detail: tmon says what counts.
 * @throws TmonError TMON_CONFIG_INVALID
 */
export function createClient(config: KafkaConfig, log: Logger): Kafka {
  registerCodecs();
  const options: KafkaOptions = {
    clientId: "tmon",
    brokers: eachInTurn(config.brokers),
    socketFactory: createSocket,
    connectionTimeout: connectionTimeoutMs,
    requestTimeout: config.requestTimeoutMs,
    retry: { initialRetryTime: config.retryBackoffMs, maxRetryTime: longestRetryMs, retries: 5 },
    logLevel: logLevel.INFO,
    logCreator:
      () =>
      ({ namespace, log: { message, timestamp: _, ...details } }) =>
        log.debug({ kafkajs: namespace, ...details }, message),
  };
  const { protocol } = config.security;
  if (protocol.endsWith("SSL")) options.ssl = readTlsFiles(config.security);
  if (protocol.startsWith("SASL")) options.sasl = saslOf(config.security);
  return new Kafka(options);
}

/** Every new connection begins with another one: one that accepts and never answers must not be the first for ever. */
function eachInTurn(brokers: readonly string[]): () => string[] {
  let turn = 0;
  return () => {
    turn += 1;
    return brokers.map((_, index) => brokers[(index + turn) % brokers.length]!);
  };
}

function saslOf({ saslMechanism, saslUsername, saslPassword }: KafkaConfig["security"]): SASLOptions {
  const mechanisms = {
    PLAIN: "plain",
    "SCRAM-SHA-256": "scram-sha-256",
    "SCRAM-SHA-512": "scram-sha-512",
  } as const;
  // The union's members differ in nothing but the mechanism's name.
  return {
    mechanism: mechanisms[saslMechanism ?? "PLAIN"],
    username: saslUsername ?? "",
    password: saslPassword?.reveal() ?? "",
  } as SASLOptions;
}
