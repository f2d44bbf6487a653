import type { Store } from "../store/store.ts";
import type { RoleName } from "./role.ts";

/** A heartbeat older than this is of a role that is gone. */
const ttlMs = 6000;
const everyMs = 2000;

export const heartbeatPrefix = "tmon:roles:";

export interface Heartbeat {
  role: RoleName;
  instance: string;
  pid: number;
  startedAt: number;
  url: string;
  stats: Record<string, unknown>;
}

/** Keeps `tmon:roles:{role}:{instance}` fresh; the answer ends it and takes the entry away. */
export function startHeartbeat(store: Store, describe: () => Heartbeat): () => Promise<void> {
  const { role, instance } = describe();
  const key = `${heartbeatPrefix}${role}:${instance}`;
  const beat = () => store.set(key, JSON.stringify(describe()), { ttlMs }).catch(() => {});
  const timer = setInterval(beat, everyMs);
  beat();
  return async () => {
    clearInterval(timer);
    await store.delete(key).catch(() => {});
  };
}
