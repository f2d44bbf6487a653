import { messageOf } from "../../errors.ts";
import type { RoleContext } from "../role.ts";

/** Deletions under way at a time. */
const batch = 200;

/**
 * Takes the test's cameras and frames out of the store again; what is on the bus goes with its retention. Never
 * rejects: what the store keeps expires within the hour.
 */
export async function cleanUp(
  { store, log }: Pick<RoleContext, "store" | "log">,
  cameraIds: readonly string[],
  frames: ReadonlySet<string>,
): Promise<void> {
  const keys = [
    ...cameraIds.flatMap((id) => [`camera:${id}:latest`, `tmon:latest-at:${id}`, `alerts:${id}`]),
    ...[...frames].flatMap((id) => [`detection:${id}`, `tmon:closed:${id}`]),
  ];
  try {
    for (let at = 0; at < keys.length; at += batch)
      await Promise.all(keys.slice(at, at + batch).map((key) => store.delete(key)));
  } catch (error) {
    log.warn({ error: messageOf(error) }, "the load's entries stay in the store until they expire");
  }
}
