import type { OutgoingMessage } from "../../bus/bus.ts";
import { partitionOf } from "../../bus/partitioner.ts";
import type { TopicConfig } from "../../config/config.ts";
import { encode } from "../../messages/codec.ts";
import { type Incident, incidentSchema } from "../../messages/incident.ts";
import { jsonOf } from "../../messages/json.ts";
import type { Store } from "../../store/store.ts";

const keyPrefix = "tmon:incident:";

/** Each change of an incident, as screens hear of it. */
export const incidentChannel = "tmon:incidents";

export function incidentKey({ cameraId, incidentId }: Pick<Incident, "cameraId" | "incidentId">): string {
  return `${keyPrefix}${cameraId}:${incidentId}`;
}

/** In its camera's partition, so that one replica keeps all of a camera's. */
export function incidentMessage(
  incident: Incident,
  { name, partitions }: Pick<TopicConfig, "name" | "partitions">,
): OutgoingMessage {
  const { incidentId, cameraId } = incident;
  const partition = partitionOf(cameraId, partitions);
  return { topic: name, key: incidentId, value: encode(incident), partition };
}

/** All incidents the store holds, the latest first; what cannot be read is another tmon's. */
export async function readIncidents(store: Store): Promise<Incident[]> {
  const entries = await store.list(keyPrefix);
  const incidents = entries.flatMap(({ value }) => incidentSchema.safeParse(jsonOf(value)).data ?? []);
  return incidents.sort((a, b) => Date.parse(b.lastSeen) - Date.parse(a.lastSeen));
}

export async function readIncident(
  store: Store,
  incident: Pick<Incident, "cameraId" | "incidentId">,
): Promise<Incident | undefined> {
  const value = await store.get(incidentKey(incident));
  return value && incidentSchema.safeParse(jsonOf(value)).data;
}
