import { partitionOf } from "../../bus/partitioner.ts";
import type { Incident } from "../../messages/incident.ts";
import { createOutage } from "../../observability/outage.ts";
import { untilDone } from "../retry.ts";
import type { RoleContext } from "../role.ts";
import { incidentChannel, incidentKey, incidentMessage, readIncidents } from "./incident-store.ts";
import { clear, matching, raise, type Sighting, update } from "./incidents.ts";

export interface IncidentKeeper {
  /** Raises or updates an incident; resolves when that is durable. A task seen before changes nothing. */
  observe(sighting: Sighting): Promise<void>;
  /** Goes on with the incidents of these partitions' cameras. */
  assigned(partitions: readonly number[]): void;
  lost(partitions: readonly number[]): void;
  /** Clears what was not seen for a while. */
  tick(): void;
  open(): number;
}

/** A cleared incident stays in the store this long, so that a repeat does not raise it again. */
const clearedTtlMs = 3_600_000;

interface OpenIncident {
  incident: Incident;
  /** When its last verdict arrived, epoch ms in the store's clock. */
  seenAt: number;
}

/**
 * The open incidents of this replica's cameras. One step after the other, each durable on the bus and in the
 * store before the next; another replica, or this one after a restart, goes on from the store.
 *
 *   raised -> updated -> ... -> cleared
 */
export function createIncidentKeeper(
  { bus, config, log, metrics, store }: RoleContext,
  signal: AbortSignal,
): IncidentKeeper {
  const topic = config.topics.incidents;
  const open = new Map<string, OpenIncident>();
  /** taskId -> until when it is remembered. */
  const seen = new Map<string, number>();
  let turn: Promise<void> = Promise.resolve();
  let clearing = false;
  const outage = createOutage(log, {
    begins: "incidents cannot be kept: they wait",
    ends: "incidents are kept again",
  });

  function inTurn(step: () => Promise<void>): Promise<void> {
    turn = turn.catch(() => {}).then(step);
    turn.catch(() => {});
    return turn;
  }

  const cameraPartition = (cameraId: string) => partitionOf(cameraId, topic.partitions);

  async function write(incident: Incident, ttlMs?: number): Promise<void> {
    const { incidentId, cameraId, state, riskLevel, taskIds } = incident;
    const message = incidentMessage(incident, topic);
    const { value } = message;
    // Apart: while the store alone is away, readers of the topic are not told again and again.
    await untilDone(() => bus.produce([message]), signal, outage);
    await untilDone(
      async () => {
        await store.set(incidentKey(incident), value, ttlMs === undefined ? {} : { ttlMs });
        await store.publish(incidentChannel, value.toString());
      },
      signal,
      outage,
    );
    metrics.messagesSent.inc({ topic: topic.name });
    log.info({ incidentId, cameraId, state, riskLevel, taskId: taskIds.at(-1) }, `incident ${state}`);
  }

  async function observe(sighting: Sighting): Promise<void> {
    if (seen.has(sighting.taskId)) return;
    const now = store.now();
    const known = matching(
      [...open.values()].map(({ incident }) => incident),
      sighting,
      config.incidents.iou,
    );
    const incident = known ? update(known, sighting, now) : raise(sighting, now);
    await write(incident);
    seen.set(sighting.taskId, now + clearedTtlMs);
    open.set(incident.incidentId, { incident, seenAt: now });
    metrics.incidentsOpen.set(open.size);
  }

  async function load(partitions: readonly number[]): Promise<void> {
    const incidents = await untilDone(() => readIncidents(store), signal, outage);
    const now = store.now();
    for (const incident of incidents) {
      if (!partitions.includes(cameraPartition(incident.cameraId))) continue;
      for (const taskId of incident.taskIds) seen.set(taskId, now + clearedTtlMs);
      if (incident.state !== "cleared" && !open.has(incident.incidentId))
        open.set(incident.incidentId, { incident, seenAt: now });
    }
    metrics.incidentsOpen.set(open.size);
  }

  const isOverdue = ({ seenAt }: OpenIncident) => store.now() >= seenAt + config.incidents.clearAfterMs;

  async function clearOverdue(): Promise<void> {
    for (const { incident } of [...open.values()].filter(isOverdue)) {
      await write(clear(incident, store.now()), clearedTtlMs);
      open.delete(incident.incidentId);
    }
    metrics.incidentsOpen.set(open.size);
    clearing = false;
  }

  return {
    observe: (sighting) => inTurn(() => observe(sighting)),
    assigned: (partitions) => void inTurn(() => load(partitions)),
    lost(partitions) {
      inTurn(async () => {
        for (const [id, { incident }] of open)
          if (partitions.includes(cameraPartition(incident.cameraId))) open.delete(id);
        metrics.incidentsOpen.set(open.size);
      });
    },
    tick() {
      const now = store.now();
      for (const [taskId, until] of seen) {
        if (until > now) break;
        seen.delete(taskId);
      }
      if (clearing || ![...open.values()].some(isOverdue)) return;
      clearing = true;
      inTurn(clearOverdue);
    },
    open: () => open.size,
  };
}
