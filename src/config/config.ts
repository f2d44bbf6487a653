import type { Source } from "../messages/common.ts";
import type { TopicId } from "../messages/topics.ts";
import type { Language } from "./language.ts";
import type { MonitoringFile } from "./monitoring-file.ts";
import type { Secret } from "./secret.ts";

/** Everything a role may ask: validated, frozen, in tmon's own units (ms, bytes, epoch ms). */
export interface Config {
  /** Where the files were read from; undefined when there is no configuration directory. */
  readonly configDir: string | undefined;
  readonly dataDir: string;
  readonly bus: BusConfig;
  readonly store: StoreConfig;
  readonly topics: Readonly<Record<TopicId, TopicConfig>>;
  readonly groups: Readonly<Record<"generator" | "scheduler" | "aggregator", string>>;
  readonly cameras: readonly CameraConfig[];
  readonly detector: DetectorConfig;
  readonly models: ModelsConfig;
  readonly vlm: VlmConfig;
  readonly keys: readonly ApiKeyConfig[];
  readonly scheduler: SchedulerConfig;
  readonly budgets: BudgetsConfig;
  readonly aggregator: AggregatorConfig;
  readonly incidents: IncidentsConfig;
  readonly web: WebConfig;
  readonly kafka: KafkaConfig;
  readonly monitoring: MonitoringConfig;
  readonly logLevel: LogLevel;
  /** IANA name; how people see times. Messages stay UTC. */
  readonly timezone: string;
  readonly language: Language;
  /** How long a daemon may finish open work after the first signal. */
  readonly drainMs: number;
}

export type LogLevel = "trace" | "debug" | "info" | "warn" | "error" | "fatal";

export interface BusConfig {
  readonly kind: "embedded" | "kafka";
  /** An awaited put survives kill -9 (process) or power loss too (power). */
  readonly durability: "process" | "power";
  readonly retentionMs: number;
  readonly retentionBytes: number;
}

export interface StoreConfig {
  readonly kind: "embedded" | "redis";
  readonly redis: RedisConfig;
}

/** How to reach a Redis: one server, or through Sentinels the one that is master. */
export interface RedisConfig {
  /** redis://HOST:PORT/DB, rediss:// for TLS; may hold a password. */
  readonly url: Secret;
  /** Where it is, for people: the URL without its password, or who says where. */
  readonly shownUrl: string;
  readonly username: string | undefined;
  readonly password: Secret | undefined;
  readonly sentinels:
    | {
        readonly name: string;
        readonly nodes: readonly { readonly host: string; readonly port: number }[];
        readonly password: Secret | undefined;
      }
    | undefined;
  /** Paths of PEM files; undefined: as the URL says. */
  readonly tls:
    | {
        readonly caFile: string | undefined;
        readonly certificateFile: string | undefined;
        readonly keyFile: string | undefined;
      }
    | undefined;
}

export interface TopicConfig {
  readonly name: string;
  readonly partitions: number;
  readonly retentionMs: number;
  readonly maxMessageBytes: number;
  /** Undefined: as many as there are brokers, at most 3. */
  readonly replicationFactor: number | undefined;
}

export interface CameraConfig {
  readonly id: string;
  /** May hold a password: never printed as it is. */
  readonly url: Secret;
  /** The URL fit to be shown. */
  readonly shownUrl: string;
  readonly source: Source;
  readonly intervalMs: number;
  /** Share of the VLM's attention relative to other cameras. */
  readonly weight: number;
}

export interface DetectorConfig {
  /** Path of an ONNX file; undefined when none is configured: then it is one that is at hand (models/choose.ts). */
  readonly model: string | undefined;
  readonly intervalMs: number;
  /** Worker threads, one single-threaded session each. */
  readonly workers: number;
  readonly confidence: number;
  readonly iou: number;
  readonly groups: GroupingConfig;
  readonly crops: CropConfig;
}

/** Detector models by name: `tmon models`. */
export interface ModelsConfig {
  /** Where pulled ones lie. */
  readonly directory: string;
  /** Address of the directory they come from instead of their publisher's; may hold a password. */
  readonly mirror: string | undefined;
}

export interface GroupingConfig {
  /** Members' centres are within factor × the mean of the two boxes' longer sides… */
  readonly distanceFactor: number;
  /** …or, when set, within this many pixels (the seed's rule: 150). */
  readonly distancePx: number | undefined;
  readonly minMembers: number;
  /** A longer chain is split at its longest link. */
  readonly maxMembers: number;
}

export interface CropConfig {
  readonly marginPx: number;
  readonly maxSidePx: number;
  readonly maxBytes: number;
}

export interface VlmConfig {
  /** simulated: the built-in provider on loopback, started by `up`. */
  readonly provider: "simulated" | "configured";
  /** `--vlm sim` was said: simulated answers may judge live cameras. */
  readonly simulatedOnLive: boolean;
  /** Up to and without /chat/completions. */
  readonly baseUrl: string;
  readonly model: string;
  readonly language: Language;
  /** A verdict's confidence at and above which it is low, medium, high. */
  readonly thresholds: Readonly<Record<"low" | "medium" | "high", number>>;
  readonly maxTokens: number;
  /** Yuan per 1,000 tokens by model name. */
  readonly prices: Readonly<Record<string, { readonly input: number; readonly output: number }>>;
}

/** What a provider allows; undefined: no limit. */
export interface QuotaLimits {
  /** Requests and tokens a minute, and a second. */
  readonly rpm: number | undefined;
  readonly tpm: number | undefined;
  readonly qps: number | undefined;
  readonly tps: number | undefined;
  /** Calls in flight. */
  readonly concurrency: number | undefined;
}

export interface ApiKeyConfig {
  readonly id: string;
  readonly key: Secret;
  readonly baseUrl: string;
  readonly model: string;
  /** Its limits count for all the account's keys of the model together. Undefined: the key is on its own. */
  readonly account: { readonly id: string; readonly limits: QuotaLimits } | undefined;
  /** Of the key itself. */
  readonly limits: QuotaLimits;
  readonly enabled: boolean;
  /** 1 is the highest. */
  readonly priority: number;
  /** Its share of the calls relative to other keys'. */
  readonly weight: number;
}

export interface SchedulerConfig {
  /** Calls in flight, all keys together. */
  readonly maxConcurrentTasks: number;
  readonly keyCooldownMs: number;
  /** Calls after the first. */
  readonly retryMaxAttempts: number;
  readonly timeoutMs: number;
  readonly strategy: "round_robin" | "least_loaded" | "weighted";
  readonly adaptiveCooldown: {
    readonly enabled: boolean;
    readonly minMs: number;
    readonly maxMs: number;
    readonly failureThreshold: number;
  };
  /** All keys together; undefined: no limit. */
  readonly globalQpsLimit: number | undefined;
  readonly globalWindowMs: number;
  readonly healthCheck: {
    readonly enabled: boolean;
    readonly intervalMs: number;
    readonly timeoutMs: number;
    readonly failureThreshold: number;
  };
  /** Older tasks expire before their first call. */
  readonly maxAgeMs: number;
  /** Bound of the waiting work. */
  readonly queueBytes: number;
  readonly slowCallMs: number;
}

/** What calls of providers beyond loopback may cost. */
export interface BudgetsConfig {
  /** All schedulers together; undefined: no budget, and in `up` a small one. */
  readonly yuanPerDay: number | undefined;
  /** `--spend`: for simulated cameras, in this run; undefined: nothing. */
  readonly simulatedYuan: number | undefined;
}

export interface AggregatorConfig {
  /** Keep pictures in the cached states (the seed's did; 50 cameras are then 500 MB). */
  readonly keepImages: boolean;
  /** A frame closes this long after its first result… */
  readonly closeAfterMs: number;
  /** …or this long after its capture, its groups unassessed. */
  readonly maxAgeMs: number;
}

export interface IncidentsConfig {
  readonly iou: number;
  readonly clearAfterMs: number;
}

export interface WebConfig {
  readonly host: string;
  /** Undefined: the role's default, which gives way if taken. 0: any. */
  readonly port: number | undefined;
  readonly tokens: readonly {
    readonly name: string;
    /** An operator may start and stop streams, a viewer looks. */
    readonly role: "operator" | "viewer";
    readonly token: Secret;
  }[];
  /** Other sites whose pages may connect, e.g. https://ops.example. */
  readonly origins: readonly string[];
  /** What a screen may have opened by `start_stream` and `check_camera`; no host: nothing. */
  readonly streams: {
    readonly schemes: readonly string[];
    /** Names, `.suffixes`, addresses, networks such as 10.1.0.0/16, or `*`. */
    readonly hosts: readonly string[];
  };
}

/** How to reach a Kafka cluster; what only tmon may decide is not here. */
export interface KafkaConfig {
  readonly brokers: readonly string[];
  readonly compression: "none" | "gzip" | "snappy" | "lz4" | "zstd";
  readonly maxRequestBytes: number;
  readonly retryBackoffMs: number;
  readonly requestTimeoutMs: number;
  readonly adminTimeoutMs: number;
  readonly metadataMaxAgeMs: number;
  readonly security: {
    readonly protocol: "PLAINTEXT" | "SSL" | "SASL_PLAINTEXT" | "SASL_SSL";
    readonly saslMechanism: "PLAIN" | "SCRAM-SHA-256" | "SCRAM-SHA-512" | undefined;
    readonly saslUsername: string | undefined;
    readonly saslPassword: Secret | undefined;
    readonly caFile: string | undefined;
    readonly certificateFile: string | undefined;
    readonly keyFile: string | undefined;
    readonly keyPassword: Secret | undefined;
  };
}

/** monitoring.yaml as checked: rules of ops alerts and the one list of notification channels, their secrets `Secret`s. */
export type MonitoringConfig = Pick<MonitoringFile, "alerts" | "logging" | "audit" | "health_check">;
