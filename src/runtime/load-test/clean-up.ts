import type { Store } from "../../store/store.ts";

/** Deletions under way at a time. */
const batch = 200;

/** Takes the test's cameras and frames out of the store again; what is on the bus goes with its retention. */
export async function cleanUp(
  store: Store,
  cameraIds: readonly string[],
  frames: ReadonlySet<string>,
): Promise<void> {
  const keys = [
    ...cameraIds.flatMap((id) => [`camera:${id}:latest`, `tmon:latest-at:${id}`]),
    ...[...frames].flatMap((id) => [`detection:${id}`, `tmon:closed:${id}`]),
  ];
  for (let at = 0; at < keys.length; at += batch)
    await Promise.all(keys.slice(at, at + batch).map((key) => store.delete(key)));
}
