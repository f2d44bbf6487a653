import type { QuotaLimits } from "../../config/config.ts";
import type { Metrics } from "../../observability/metrics.ts";
import type { KeyState } from "./keys/key-state.ts";
import type { KeyPool } from "./keys/pool.ts";
import type { QuotaGroup } from "./keys/quota-group.ts";
import { healths } from "./keys/standing.ts";

/** Of a key; the last by a person. */
const states = [...healths, "taken_out"] as const;
/** From the first scrape on, so that the first of them is an increase. */
const outcomesFromTheStart = { answered: 0, TMON_VLM_THROTTLED: 0 };

/**
 * What Prometheus is told of each key and each quota group, by their ids. Counted in the key's own totals, and set
 * when it is scraped: a call and a tick cost nothing, and of a key that is no longer configured only the latencies stay.
 */
export function sampleKeys(metrics: Metrics, pool: KeyPool): void {
  for (const metric of metricsOf(metrics)) metric.reset();
  const keys = pool.keys();
  metrics.keyPoolSize.set(keys.filter((key) => pool.healthOf(key).state !== "disabled").length);
  for (const key of keys) sampleKey(metrics, pool, key);
  const now = performance.now();
  for (const group of pool.groups()) sampleGroup(metrics, group, now);
}

function metricsOf(metrics: Metrics) {
  const { llmRequests, llmTokens, llmCost, keyCalls } = metrics;
  const { keyStatus, keyState, keySuccessRate, keyCooldown, keyInFlight } = metrics;
  const { groupState, groupLimit, groupUsed, groupShare, groupConcurrency } = metrics;
  return [
    ...[llmRequests, llmTokens, llmCost, keyCalls, keyStatus, keyState, keySuccessRate, keyCooldown],
    ...[keyInFlight, groupState, groupLimit, groupUsed, groupShare, groupConcurrency],
  ];
}

function sampleKey(metrics: Metrics, pool: KeyPool, key: KeyState): void {
  const { totals } = key;
  const labels = { key_id: key.config.id, quota_group: key.group.id };
  const health = pool.healthOf(key).state;
  const state = key.order === "use" ? health : "taken_out";
  for (const each of states) metrics.keyState.set({ ...labels, state: each }, Number(each === state));
  metrics.keyStatus.set(labels, Number(state === "healthy"));
  metrics.keySuccessRate.set(labels, 1 - key.failureRate());
  metrics.keyCooldown.set(labels, pool.waitMs(key) / 1000);
  metrics.keyInFlight.set(labels, key.inFlight());
  metrics.keyCalls.inc({ key_id: key.config.id }, totals.calls);
  const outcomes = { ...outcomesFromTheStart, ...Object.fromEntries(key.outcomes) };
  for (const [outcome, count] of Object.entries(outcomes))
    metrics.llmRequests.inc({ ...labels, outcome }, count);
  metrics.llmTokens.inc({ ...labels, kind: "prompt" }, totals.promptTokens);
  metrics.llmTokens.inc({ ...labels, kind: "completion" }, totals.completionTokens);
  metrics.llmCost.inc(labels, totals.costYuan);
}

function sampleGroup(metrics: Metrics, group: QuotaGroup, now: number): void {
  const labels = { quota_group: group.id };
  const state = group.standing.state(now);
  for (const each of healths) metrics.groupState.set({ ...labels, state: each }, Number(each === state));
  const used = group.usedMinute(now);
  const most = mostAMinute(group.limits);
  for (const unit of ["requests", "tokens"] as const) {
    metrics.groupUsed.set({ ...labels, unit }, used[unit]);
    if (Number.isFinite(most[unit])) metrics.groupLimit.set({ ...labels, unit }, most[unit]);
  }
  metrics.groupShare.set(labels, group.share(now));
  metrics.groupConcurrency.set(labels, group.concurrency.allowed());
}

function mostAMinute({ qps, rpm, tps, tpm }: QuotaLimits) {
  const least = (second = Number.POSITIVE_INFINITY, minute = Number.POSITIVE_INFINITY) =>
    Math.min(second * 60, minute);
  return { requests: least(qps, rpm), tokens: least(tps, tpm) };
}
