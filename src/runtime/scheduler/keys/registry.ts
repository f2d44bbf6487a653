import type { ApiKeyConfig, SchedulerConfig } from "../../../config/config.ts";
import { createKeyState, type KeyState } from "./key-state.ts";
import { createLatencies, type Latencies } from "./latencies.ts";
import { createQuotaGroup, groupIdOf, limitsOfGroup, type QuotaGroup } from "./quota-group.ts";
import { createStanding, type Standing } from "./standing.ts";

/** The keys, and whatever they share. */
export interface KeyRegistry {
  keys(): readonly KeyState[];
  groups(): readonly QuotaGroup[];
  /** Keys that stay as they were keep what is known of them; calls in flight are not disturbed. */
  replace(configs: readonly ApiKeyConfig[]): void;
}

export function createKeyRegistry(configs: readonly ApiKeyConfig[], scheduler: SchedulerConfig): KeyRegistry {
  const { failureThreshold } = scheduler.healthCheck;
  const accounts = new Map<string, Standing>();
  const models = new Map<string, Standing>();
  const modelLatencies = new Map<string, Latencies>();
  let groups = new Map<string, QuotaGroup>();
  let keys: KeyState[] = [];

  function standingIn(standings: Map<string, Standing>, name: string): Standing {
    const standing = standings.get(name) ?? createStanding(failureThreshold);
    standings.set(name, standing);
    return standing;
  }

  /** What was held against a key without an account goes with it: another key of its id begins anew. */
  function groupAndAccountOf(
    config: ApiKeyConfig,
    known: KeyState | undefined,
    next: ReadonlyMap<string, QuotaGroup>,
  ) {
    const id = groupIdOf(config);
    const group = next.get(id) ?? (config.account ? groups.get(id) : known?.group);
    const account = config.account
      ? standingIn(accounts, config.account.id)
      : (known?.account ?? createStanding(failureThreshold));
    return { group: group ?? createQuotaGroup(config, scheduler), account };
  }

  const modelOf = ({ baseUrl, model }: ApiKeyConfig) => {
    const name = `${baseUrl} ${model}`;
    const latencies = modelLatencies.get(name) ?? createLatencies();
    modelLatencies.set(name, latencies);
    return { model: standingIn(models, name), modelLatencies: latencies };
  };

  function replace(wanted: readonly ApiKeyConfig[]): void {
    const enabled = wanted.filter((key) => key.enabled);
    const nextGroups = new Map<string, QuotaGroup>();
    const nextKeys = enabled.map((config) => {
      const before = keys.find((key) => key.config.id === config.id);
      const known = before && isSameKey(before.config, config) ? before : undefined;
      const shared = { ...groupAndAccountOf(config, known, nextGroups), ...modelOf(config) };
      shared.group.limits = limitsOfGroup(config);
      nextGroups.set(shared.group.id, shared.group);
      const key = known ?? createKeyState(config, shared, failureThreshold);
      const standings = [key.standing, shared.group.standing, shared.account, shared.model];
      // A person speaks of an id, whatever key it has.
      return Object.assign(key, { config, ...shared, standings, order: before?.order ?? "use" });
    });
    groups = nextGroups;
    keys = nextKeys;
  }

  replace(configs);
  return {
    keys: () => keys,
    groups: () => [...groups.values()],
    replace,
  };
}

/** What a provider said of one says nothing of another. */
function isSameKey(a: ApiKeyConfig, b: ApiKeyConfig): boolean {
  const isSameModel = a.baseUrl === b.baseUrl && a.model === b.model;
  return isSameModel && a.key.reveal() === b.key.reveal() && groupIdOf(a) === groupIdOf(b);
}
