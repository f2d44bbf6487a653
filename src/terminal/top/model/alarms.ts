import type { Model } from "./model.ts";

/** What needs a person, the widest first, one line each. */
export function alarmsOf({ bus, store, roles, keys, cameras }: Model): string[] {
  const because = (reason: string | null | undefined) => (reason ? `: ${reason}` : "");
  return [
    ...(bus.trouble ? [`bus: ${bus.trouble}`] : []),
    ...(store.trouble ? [`store: ${store.trouble}; what it last said is shown`] : []),
    ...roles
      .filter(({ state }) => state === "dead")
      .map(({ role, instance, why }) => `${role} ${instance} is dead${because(why)}`),
    ...keys
      .filter(({ state }) => state === "disabled")
      .map(({ id, reason }) => `key ${id} is disabled${because(reason)}`),
    ...cameras
      .filter(({ state }) => state === "failed")
      .map(({ id, reason }) => `camera ${id} failed${because(reason)}`),
  ];
}
