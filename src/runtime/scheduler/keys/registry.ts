import type { ApiKeyConfig, SchedulerConfig } from "../../../config/config.ts";
import { createKeyState, type KeyState } from "./key-state.ts";
import { createLatencies, type Latencies } from "./latencies.ts";
import { createQuotaGroup, groupIdOf, type QuotaGroup } from "./quota-group.ts";
import { createStanding, type Standing } from "./standing.ts";

/** The keys, and whatever they share. */
export interface KeyRegistry {
  keys(): readonly KeyState[];
  groups(): readonly QuotaGroup[];
  /** Everything a call with this key depends on. */
  standingsOf(key: KeyState): readonly Standing[];
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

  const accountOf = ({ account, id }: ApiKeyConfig) =>
    standingIn(accounts, account ? `account:${account.id}` : `key:${id}`);
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
      const id = groupIdOf(config);
      const group = nextGroups.get(id) ?? groups.get(id) ?? createQuotaGroup(config, scheduler);
      group.limits = config.account?.limits ?? config.limits;
      nextGroups.set(id, group);
      const known = keys.find((key) => key.config.id === config.id && isSameKey(key.config, config));
      const shared = { group, account: accountOf(config), ...modelOf(config) };
      return known
        ? Object.assign(known, { config, ...shared })
        : createKeyState(config, shared, failureThreshold);
    });
    groups = nextGroups;
    keys = nextKeys;
  }

  replace(configs);
  return {
    keys: () => keys,
    groups: () => [...groups.values()],
    standingsOf: (key) => [key.standing, key.group.standing, key.account, key.model],
    replace,
  };
}

/** What a provider said of one says nothing of another. */
function isSameKey(a: ApiKeyConfig, b: ApiKeyConfig): boolean {
  return a.key.reveal() === b.key.reveal() && a.baseUrl === b.baseUrl && groupIdOf(a) === groupIdOf(b);
}
