import { type Heartbeat, heartbeatTtlMs } from "../../../runtime/heartbeat.ts";
import { roleNames } from "../../../runtime/role.ts";
import type { SeenBeat, StoreSeen } from "../../../runtime/top/snapshot.ts";
import type { Link } from "./model.ts";

export interface RoleRow extends Pick<Heartbeat, "role" | "instance" | "pid" | "url" | "startedAt"> {
  state: "up" | "dead";
  /** How it is known to be dead. */
  why: string | undefined;
  /** Its last heartbeat, epoch ms of this machine. */
  beatAt: number;
}

/** Two heartbeats are missing. */
const silentAfterMs = 5_000;
/** A dead role is shown this long. */
const forgottenAfterMs = 300_000;

/** Undefined while it lives; `now` in the store's clock. */
export function whyDead({ gone, at }: SeenBeat, now: number): string | undefined {
  if (gone) return "its process is gone";
  return now - at > silentAfterMs ? "no heartbeat" : undefined;
}

/**
 * up -> dead -> forgotten
 *   \-> (took its heartbeat away: it was ended, and is no longer shown)
 *
 * A heartbeat that is gone before it could expire was taken away. After the store was away nobody is dead for
 * not having been heard meanwhile: every role has the time for a new heartbeat first.
 */
export function nextRoles(
  previous: readonly RoleRow[],
  { beats, now }: StoreSeen,
  { foundAt, backAt }: Link,
): RoleRow[] {
  const heard = beats.map((beat): RoleRow => {
    const { role, instance, pid, url, startedAt, at } = beat;
    const why = whyDead(beat, now);
    const beatAt = foundAt - Math.max(0, now - at);
    return { role, instance, pid, url, startedAt, state: why ? "dead" : "up", why, beatAt };
  });
  const isHeard = (row: RoleRow) =>
    heard.some(({ role, instance }) => role === row.role && instance === row.instance);
  const missing = previous
    .filter((row) => !isHeard(row))
    .flatMap((row): RoleRow[] => {
      if (row.state === "dead") return foundAt - row.beatAt < forgottenAfterMs ? [row] : [];
      if (foundAt - Math.max(row.beatAt, backAt) >= heartbeatTtlMs)
        return [{ ...row, state: "dead", why: "no heartbeat" }];
      return backAt > row.beatAt ? [row] : [];
    });
  const place = ({ role }: RoleRow) => roleNames.indexOf(role);
  return [...heard, ...missing].toSorted(
    (a, b) => place(a) - place(b) || a.startedAt - b.startedAt || a.instance.localeCompare(b.instance),
  );
}
