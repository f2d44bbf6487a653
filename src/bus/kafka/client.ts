import { Kafka, type KafkaConfig as KafkaOptions, logLevel, type SASLOptions } from "kafkajs";
import type { Logger } from "pino";
import type { KafkaConfig } from "../../config/config.ts";
import { readTlsFiles } from "../../tls/files.ts";
import { registerCodecs } from "./codecs.ts";
import { registerProduceRequest } from "./produce-request.ts";
import { registerRequestQueue } from "./request-queue.ts";
import { createSilentBrokers, type SilentBrokers } from "./silent-brokers.ts";

const connectionTimeoutMs = 5_000;
const longestRetryMs = 1_000;

/**
 * The library's client, with the credentials of the configuration. What it logs is detail: tmon says what counts.
 * @throws TmonError TMON_CONFIG_INVALID
 */
export function createClient(config: KafkaConfig, log: Logger): Kafka {
  registerCodecs();
  registerProduceRequest();
  registerRequestQueue();
  const silentBrokers = createSilentBrokers();
  const options: KafkaOptions = {
    clientId: "tmon",
    brokers: eachInTurn(config.brokers, silentBrokers.isSilent),
    socketFactory: silentBrokers.connect,
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

/** Every new connection begins with another one, and those that are silent come last. */
function eachInTurn(brokers: readonly string[], isSilent: SilentBrokers["isSilent"]): () => string[] {
  let turn = 0;
  return () => {
    turn += 1;
    const inTurn = brokers.map((_, index) => brokers[(index + turn) % brokers.length]!);
    return [...inTurn.filter((broker) => !isSilent(broker)), ...inTurn.filter(isSilent)];
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
