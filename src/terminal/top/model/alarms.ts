import type { Link, Model } from "./model.ts";

/** What needs a person, the widest first, one line each. */
export function alarmsOf({ bus, store, roles, keys, cameras }: Model): string[] {
  const because = (reason: string | null | undefined) => (reason ? `: ${reason}` : "");
  const dead = roles.filter(({ state }) => state === "dead");
  const disabled = keys.filter(({ state, order }) => state === "disabled" && order === null);
  const failed = cameras.filter(({ state }) => state === "failed");
  const away = awayOf(bus, store);
  const isNobodyThere = roles.length === 0 && away.length === 0;
  return [
    ...away,
    ...(isNobodyThere ? ["no role runs on this bus and store: tmon up starts them all"] : []),
    ...dead.map(({ role, instance, why }) => `${role} ${instance} is dead${because(why)}`),
    ...disabled.map(({ id, reason }) => `key ${id} is disabled${because(reason)}`),
    ...failed.map(({ id, reason }) => `camera ${id} failed${because(reason)}`),
  ];
}

function awayOf(bus: Link, store: Link): string[] {
  if (bus.trouble !== undefined && bus.trouble === store.trouble) return [`bus and store: ${bus.trouble}`];
  const parts = { bus, store };
  return Object.entries(parts).flatMap(([name, { trouble }]) => (trouble ? [`${name}: ${trouble}`] : []));
}
