import { type Heartbeat, heartbeatPrefix } from "../runtime/heartbeat.ts";
import type { RoleContext } from "../runtime/role.ts";
import type { KeyFigures, SystemFigures } from "./screen-messages.ts";

export interface RoleFigures extends Pick<SystemFigures, "roles" | "keys" | "lag"> {
  /** The configured VLM is the simulated one. */
  simulatedVlm: boolean;
}

/** What the running roles say of themselves in their heartbeats, and how far behind they are. */
export async function systemFigures({
  bus,
  config,
  store,
}: Pick<RoleContext, "bus" | "config" | "store">): Promise<RoleFigures> {
  const topics = config.topics;
  const lagOf = async (group: string, ...names: (keyof typeof topics)[]) => {
    const offsets = await bus.describeGroup(
      group,
      names.map((name) => topics[name].name),
    );
    return offsets.reduce((sum, { lag }) => sum + lag, 0);
  };
  const [entries, generator, scheduler, aggregator] = await Promise.all([
    store.list(heartbeatPrefix),
    lagOf(config.groups.generator, "detection-results"),
    lagOf(config.groups.scheduler, "assessment-tasks"),
    lagOf(config.groups.aggregator, "detection-results", "risk-assessment-results"),
  ]);
  const beats: Heartbeat[] = entries.map(({ value }) => JSON.parse(value.toString()));
  const schedulers = beats.filter((beat) => beat.role === "scheduler").map((beat) => beat.stats);
  return {
    roles: beats.map(({ role, instance }) => ({ role, instance })),
    keys: merged(schedulers.flatMap((stats) => (stats.keys as KeyFigures[] | undefined) ?? [])),
    simulatedVlm: schedulers.some((stats) => stats.simulatedVlm === true),
    lag: { generator, scheduler, aggregator },
  };
}

/** A key that several schedulers use is shown once, in the worse of its states. */
function merged(keys: readonly KeyFigures[]): KeyFigures[] {
  const byId = new Map<string, KeyFigures>();
  for (const { id, model, state, inFlight, calls, failures, usableAt, latencyMs } of keys) {
    const other = byId.get(id);
    const worse = other && other.state !== "healthy" ? other : { state, usableAt };
    byId.set(id, {
      id,
      model,
      state: worse.state,
      usableAt: worse.usableAt,
      inFlight: inFlight + (other?.inFlight ?? 0),
      calls: calls + (other?.calls ?? 0),
      failures: failures + (other?.failures ?? 0),
      latencyMs: other?.latencyMs ?? latencyMs,
    });
  }
  return [...byId.values()];
}
