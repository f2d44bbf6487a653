import type { Logger } from "pino";
import type { Bus } from "../bus/bus.ts";
import type { Config } from "../config/config.ts";
import type { Health } from "../observability/health.ts";
import type { Metrics } from "../observability/metrics.ts";
import type { Store } from "../store/store.ts";

export const roleNames = ["detector", "generator", "scheduler", "aggregator"] as const;
export type RoleName = (typeof roleNames)[number];

/** What every role is given. Several roles may share one context's bus, store and metrics (`tmon up`). */
export interface RoleContext {
  readonly config: Config;
  readonly bus: Bus;
  readonly store: Store;
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly health: Health;
  /** Unique among the replicas of a role. */
  readonly instance: string;
}

/**
 * A running role.
 *
 *   running -> draining -> stopped      stop() is the second signal's way, straight from any state
 *        \-> failed
 */
export interface RunningRole {
  readonly name: RoleName;
  /** Takes no new work and resolves when all open work is finished and committed. */
  drain(): Promise<void>;
  /** Stops at once: open work is left unacknowledged, for its next owner. Idempotent, also after drain. */
  stop(): Promise<void>;
  /** True while the role holds open work or could read more of its input. */
  busy(): Promise<boolean>;
  /** Sets what it tells Prometheus only when it is asked. */
  sampleMetrics?(): void;
  /** For /api/stats and the log's summary. */
  stats(): Record<string, unknown>;
  /** Rejects when the role cannot go on; never resolves. */
  readonly failed: Promise<never>;
}
