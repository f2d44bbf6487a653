import { messageOf } from "../../errors.ts";
import { frameKey } from "../../messages/frame.ts";
import {
  incidentChannel,
  incidentKey,
  incidentMessage,
  readIncidents,
} from "../aggregator/incident-store.ts";
import { clear } from "../aggregator/incidents.ts";
import type { Site } from "./feed.ts";

/** Deletions under way at a time. */
const batch = 200;

/**
 * Takes the test's cameras and frames out of the store again; what is on the bus goes with its retention. Never
 * rejects: what the store keeps expires within the hour.
 */
export async function cleanUp(
  { store, log }: Pick<Site, "store" | "log">,
  cameraIds: readonly string[],
  frames: ReadonlySet<string>,
): Promise<void> {
  const keys = [
    ...cameraIds.flatMap((id) => [
      `camera:${id}:latest`,
      `tmon:latest-at:${id}`,
      `alerts:${id}`,
      frameKey(id),
    ]),
    ...[...frames].flatMap((id) => [`detection:${id}`, `tmon:closed:${id}`]),
  ];
  try {
    for (let at = 0; at < keys.length; at += batch)
      await Promise.all(keys.slice(at, at + batch).map((key) => store.delete(key)));
  } catch (error) {
    log.warn({ error: messageOf(error) }, "the load's entries stay in the store until they expire");
  }
}

/**
 * Ends the incidents of the test's cameras, whose aggregator is gone: nobody else would. A deployment clears its own.
 * Never rejects.
 */
export async function clearIncidents(
  { bus, config, store, log }: Site,
  cameraIds: readonly string[],
): Promise<void> {
  const own = new Set(cameraIds);
  try {
    for (const incident of await readIncidents(store)) {
      if (!own.has(incident.cameraId)) continue;
      if (incident.state !== "cleared") {
        const message = incidentMessage(clear(incident, store.now()), config.topics.incidents);
        await bus.produce([message]);
        await store.publish(incidentChannel, message.value.toString());
      }
      await store.delete(incidentKey(incident));
    }
  } catch (error) {
    log.warn(
      { error: messageOf(error) },
      "incidents of the load's cameras stay until an aggregator clears them",
    );
  }
}
