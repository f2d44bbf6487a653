import type { Store } from "../store/store.ts";
import type { RoleName } from "./role.ts";

/** A heartbeat older than this is of a role that is gone. */
export const heartbeatTtlMs = 6000;
export const heartbeatEveryMs = 2000;

export const heartbeatPrefix = "tmon:roles:";

export interface Heartbeat {
  role: RoleName;
  instance: string;
  pid: number;
  startedAt: number;
  url: string;
  stats: Record<string, unknown>;
  /** When it was written, epoch ms in the store's clock. */
  at: number;
}

/** Keeps `tmon:roles:{role}:{instance}` fresh; the answer ends it and takes the entry away. */
export function startHeartbeat(store: Store, describe: () => Omit<Heartbeat, "at">): () => Promise<void> {
  const { role, instance } = describe();
  const key = `${heartbeatPrefix}${role}:${instance}`;
  const beat = () => {
    const heartbeat: Heartbeat = { ...describe(), at: store.now() };
    store.set(key, JSON.stringify(heartbeat), { ttlMs: heartbeatTtlMs }).catch(() => {});
  };
  const timer = setInterval(beat, heartbeatEveryMs);
  beat();
  return async () => {
    clearInterval(timer);
    await store.delete(key).catch(() => {});
  };
}
