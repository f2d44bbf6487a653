import { type Heartbeat, heartbeatPrefix } from "../runtime/heartbeat.ts";
import { type KeyUse, keysTogether } from "../runtime/key-use.ts";
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
    keys: keysTogether(schedulers).map(shownKey),
    simulatedVlm: schedulers.some((stats) => stats.simulatedVlm === true),
    lag: { generator, scheduler, aggregator },
  };
}

function shownKey(key: KeyUse): KeyFigures {
  const { id, model, state, reason, reasonCode, usableAt, order } = key;
  const { inFlight, calls, failures, latencyMs } = key;
  return { id, model, state, reason, reasonCode, usableAt, order, inFlight, calls, failures, latencyMs };
}
