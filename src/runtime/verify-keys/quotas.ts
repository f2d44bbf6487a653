import type { Config } from "../../config/config.ts";
import { type CountedCall, callsOf, roomForCallMs } from "../../store/room.ts";
import type { Store } from "../../store/store.ts";
import { heartbeatPrefix } from "../heartbeat.ts";
import type { QuotaPort } from "../scheduler/keys/quota.ts";

/**
 * The windows that running schedulers fill. Who reads no partitions is granted what schedulers cover; where none
 * runs there is nobody to leave room for.
 */
export async function sharedQuotas(
  store: Pick<Store, "list" | "cover"> & QuotaPort,
  { topics }: Pick<Config, "topics">,
): Promise<QuotaPort> {
  const schedulers = await store.list(`${heartbeatPrefix}scheduler:`);
  const of = schedulers.length > 0 ? topics["assessment-tasks"].partitions : 0;
  await store.cover({ partitions: [], of });
  return store;
}

/** Windows and slots of this process alone. */
export function ownQuotas(): QuotaPort {
  const groups = new Map<string, (CountedCall & { id: string; isOpen: boolean })[]>();
  let granted = 0;
  return {
    async reserve(request) {
      const { group, slots, tokens = 0 } = request;
      const now = performance.now();
      const held = groups.get(group) ?? [];
      const open = held.filter(({ isOpen }) => isOpen).length;
      const retryAfterMs = roomForCallMs(request, callsOf(held), open, now);
      if (retryAfterMs > 0) return { granted: false, retryAfterMs };
      const id = String(++granted);
      groups.set(group, [...held, { id, at: now, tokens, isOpen: slots !== undefined }]);
      return { granted: true, id };
    },
    async giveBack(group, id) {
      groups.set(
        group,
        (groups.get(group) ?? []).filter((call) => call.id !== id),
      );
    },
    async countFromNow(group, id) {
      const held = groups.get(group) ?? [];
      const late = held.filter((call) => call.id === id).map((call) => ({ ...call, at: performance.now() }));
      groups.set(group, [...held.filter((call) => call.id !== id), ...late]);
    },
    async endCall(group, id, tokens) {
      const call = groups.get(group)?.find((one) => one.id === id);
      if (call) Object.assign(call, { isOpen: false, tokens: tokens ?? call.tokens });
    },
  };
}
