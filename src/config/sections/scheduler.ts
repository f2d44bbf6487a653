import { TmonError } from "../../errors.ts";
import type { SchedulerConfig } from "../config.ts";
import type { Sources } from "../load.ts";
import { byDefault, type Choose, fromFile } from "../provenance.ts";

/** The seed's values, but for what one process can hold in flight. */
export function chooseScheduler(choose: Choose, { keys }: Sources): SchedulerConfig {
  const { file, data } = keys;
  const of = <T>(fallback: T, ...path: string[]) =>
    choose(
      ["scheduler", ...path].join("."),
      fromFile<T>(file, data, ["scheduler", ...path]),
      byDefault(fallback),
    );
  const limited = of(true, "rate_limit", "enabled");
  const globalQps = of(100, "rate_limit", "global_qps_limit");
  const adaptiveCooldown = {
    enabled: of(true, "adaptive_cooldown", "enabled"),
    minMs: of(10_000, "adaptive_cooldown", "min_cooldown"),
    maxMs: of(120_000, "adaptive_cooldown", "max_cooldown"),
    failureThreshold: of(0.2, "adaptive_cooldown", "failure_threshold"),
  };
  if (adaptiveCooldown.minMs > adaptiveCooldown.maxMs) {
    const place = file?.placeOf(["scheduler", "adaptive_cooldown", "min_cooldown"]);
    throw new TmonError(
      "TMON_CONFIG_INVALID",
      `${place}: adaptive_cooldown.min_cooldown is ${adaptiveCooldown.minMs / 1000}, max_cooldown ${adaptiveCooldown.maxMs / 1000}`,
      "let max_cooldown be at least min_cooldown",
    );
  }
  return {
    maxConcurrentTasks: of(2000, "max_concurrent_tasks"),
    keyCooldownMs: of(60_000, "key_cooldown_seconds"),
    retryMaxAttempts: of(2, "retry_max_attempts"),
    timeoutMs: of(35_000, "timeout_seconds"),
    strategy: of<SchedulerConfig["strategy"]>("least_loaded", "strategy"),
    adaptiveCooldown,
    globalQpsLimit: limited ? globalQps : undefined,
    globalWindowMs: of(1000, "rate_limit", "window_size"),
    healthCheck: {
      enabled: of(true, "health_check", "enabled"),
      intervalMs: of(60_000, "health_check", "interval_seconds"),
      timeoutMs: of(10_000, "health_check", "timeout_seconds"),
      failureThreshold: of(3, "health_check", "failure_threshold"),
    },
    maxAgeMs: of(10_000, "max_age"),
    queueBytes: of(256e6, "queue_size"),
    slowCallMs: choose(
      "monitoring.slow_query_threshold",
      fromFile<number>(file, data, ["monitoring", "slow_query_threshold"]),
      byDefault(3000),
    ),
  };
}
