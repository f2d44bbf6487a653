import type { KeyUse } from "../runtime/key-use.ts";
import { formatAge } from "./time.ts";

type Stand = Pick<KeyUse, "reason" | "reasonCode" | "usableAt" | "order"> & { state: string | null };

/** "for 69s" of what passes by itself; `now` in the schedulers' clock. */
export function waitOf({ state, usableAt, order }: Stand, now: number): string | undefined {
  if (order || state === "healthy" || usableAt === null) return undefined;
  const ms = Date.parse(usableAt) - now;
  return ms > 0 ? `for ${formatAge(ms)}` : undefined;
}

/** Why a key is not healthy: in a word or two, and as the provider put it. */
export function whyOf({ reason, reasonCode, order }: Stand): string | undefined {
  if (order) return "by tmon keys";
  const named = reasonCode?.replace("TMON_VLM_", "").toLowerCase().replaceAll("_", " ");
  return [named, reason].filter(Boolean).join(": ") || undefined;
}
