import type { FaultName } from "./faults.ts";
import type { Latency } from "./latency.ts";

/**
 * How the provider is to behave. What a key says of itself counts before what its account says, and that
 * before what is said for all.
 */
export interface SimulatedVlmOptions extends Manner {
  /** 0: any. */
  port?: number | undefined;
  /** The same seed judges alike, and gives each key the same faults and latencies one after another. */
  seed?: number | undefined;
  /** Of the account that keys belong to which name none. */
  limits?: Limits | undefined;
  accounts?: readonly AccountOptions[] | undefined;
  /** The keys there are; any other is refused. Without a list any key is taken. */
  keys?: readonly KeyOptions[] | undefined;
}

export interface AccountOptions extends Manner {
  id: string;
  limits?: Limits | undefined;
}

export interface KeyOptions extends Manner {
  key: string;
  account?: string | undefined;
  limits?: Limits | undefined;
}

interface Manner {
  /** Between a request and its answer. */
  latencyMs?: Latency | undefined;
  /** Where several may strike, the last of the list goes first. */
  faults?: readonly FaultOptions[] | undefined;
}

export interface FaultOptions {
  fault: FaultName;
  /** Of the requests; all of them unless given. */
  share?: number | undefined;
  /** Since the provider's start, ms; from the first moment, and for good, unless given. */
  fromMs?: number | undefined;
  untilMs?: number | undefined;
  /** How long a drip takes, ms. */
  overMs?: number | undefined;
}

/** What is let through, each model counted apart as DashScope does; all that comes where nothing is said. */
export interface Limits {
  /** Requests in any 60 s. */
  rpm?: number | undefined;
  /** Tokens in any 60 s, those of the answers too. */
  tpm?: number | undefined;
  /** Requests in any second; a sixtieth of rpm unless given. */
  qps?: number | "off" | undefined;
  /** Tokens a second; a sixtieth of tpm unless given. */
  tps?: number | "off" | undefined;
  /** How many requests a second may hold above twice those of the second before. */
  burst?: number | undefined;
  /** Requests open at a time. */
  concurrency?: number | undefined;
}
