import type { Bus } from "../../bus/bus.ts";
import type { Config } from "../../config/config.ts";
import { decode } from "../../messages/codec.ts";
import { detectionSchema } from "../../messages/detection.ts";
import { type Incident, incidentSchema } from "../../messages/incident.ts";
import { resultSchema } from "../../messages/result.ts";
import { worstVerdictOf } from "../aggregator/incidents.ts";
import type { Alert, Watched } from "./compare.ts";

/** What the topics say of a camera, in epoch ms. */
export interface Told extends Pick<Watched, "looks" | "calls"> {
  readonly alerts: readonly Omit<Alert, "objects">[];
}

export async function readTold(bus: Bus, { topics }: Pick<Config, "topics">): Promise<Map<string, Told>> {
  const told = new Map<string, { [Part in keyof Told]: Told[Part][number][] }>();
  const of = (cameraId: string) => {
    const known = told.get(cameraId) ?? { looks: [], alerts: [], calls: [] };
    told.set(cameraId, known);
    return known;
  };
  const verdicts = new Map<string, Pick<Alert, "kinds" | "seenAt">>();
  const incidents: Incident[] = [];
  const readers: Record<string, (value: Buffer) => void> = {
    [topics["detection-results"].name](value) {
      const { cameraId, timestamp } = decode(detectionSchema, value);
      of(cameraId).looks.push(Date.parse(timestamp));
    },
    [topics["risk-assessment-results"].name](value) {
      const { cameraId, taskId, timestamp, results, metadata } = decode(resultSchema, value);
      const seenAt = Date.parse(timestamp);
      of(cameraId).calls.push({ seenAt, calls: metadata.calls ?? 0 });
      const verdict = worstVerdictOf(results);
      if (verdict) verdicts.set(taskId, { seenAt, kinds: verdict.riskTypeCodes });
    },
    [topics.incidents.name](value) {
      incidents.push(decode(incidentSchema, value));
    },
  };
  const reading = { topics: Object.keys(readers), from: "earliest", untilEnd: true } as const;
  for await (const { topic, value } of bus.read(reading)) readers[topic]?.(value);

  for (const { cameraId, state, incidentId, bbox, taskIds, timestamp } of incidents) {
    // An incident keeps the kinds of all its verdicts; what it is told for now is the newest one.
    const verdict = verdicts.get(taskIds.at(-1) ?? "");
    if ((state !== "raised" && state !== "updated") || !verdict || timestamp === undefined) continue;
    of(cameraId).alerts.push({ incidentId, bbox, toldAt: Date.parse(timestamp), ...verdict });
  }
  return told;
}
