import { TmonError } from "../errors.ts";
import { redactValue } from "./redact.ts";

/** HOST:PORT, or [ADDRESS]:PORT of IPv6; undefined where it is neither. */
export function readHostPort(text: string): { host: string; port: number } | undefined {
  const [, address, name, digits] = /^(?:\[([\da-f:.]+)\]|([^\s:/@[\]]+)):(\d{1,5})$/i.exec(text) ?? [];
  const host = address ?? name;
  const port = Number(digits);
  return host !== undefined && port > 0 && port < 65_536 ? { host, port } : undefined;
}

/** What is wrong with brokers' addresses; undefined if nothing is. The library takes no IPv6 addresses here. */
export function brokersFault(brokers: readonly string[]): string | undefined {
  const wrong = brokers.find((broker) => broker.startsWith("[") || readHostPort(broker) === undefined);
  return wrong === undefined ? undefined : `"${redactValue(wrong)}" is no HOST:PORT`;
}

/** @throws TmonError TMON_CONFIG_INVALID */
export function checkBrokers(brokers: string[], where: string): string[] {
  const fault = brokersFault(brokers);
  if (fault === undefined) return brokers;
  throw new TmonError(
    "TMON_CONFIG_INVALID",
    `${where}: ${fault}`,
    "write kafka-1.example:9092,kafka-2.example:9092",
  );
}
