import type { Bus } from "../../bus/bus.ts";
import type { CameraConfig, Config } from "../../config/config.ts";
import { parseSimulatedCamera } from "../../config/simulated-camera.ts";
import { decode } from "../../messages/codec.ts";
import { incidentSchema } from "../../messages/incident.ts";
import { resultSchema } from "../../messages/result.ts";
import { dangersOf } from "../../simulator/cameras/camera.ts";
import type { Watched } from "./compare.ts";

type Told = Pick<Watched, "alerts" | "calls">;

/** What the topics say of a camera, in epoch ms. */
export async function readTold(bus: Bus, { topics }: Pick<Config, "topics">): Promise<Map<string, Told>> {
  const told = new Map<string, { alerts: Told["alerts"][number][]; calls: Told["calls"][number][] }>();
  const of = (cameraId: string) => {
    const known = told.get(cameraId) ?? { alerts: [], calls: [] };
    told.set(cameraId, known);
    return known;
  };
  const [incidents, results] = [topics.incidents.name, topics["risk-assessment-results"].name];
  for await (const { topic, value } of bus.read({
    topics: [incidents, results],
    from: "earliest",
    untilEnd: true,
  })) {
    if (topic === results) {
      const { cameraId, timestamp, metadata } = decode(resultSchema, value);
      of(cameraId).calls.push({ seenAt: Date.parse(timestamp), calls: metadata.calls ?? 0 });
      continue;
    }
    const { cameraId, state, incidentId, riskTypeCodes, lastSeen, timestamp } = decode(incidentSchema, value);
    if (state !== "raised" && state !== "updated") continue;
    const [seenAt, toldAt] = [Date.parse(lastSeen), Date.parse(timestamp ?? lastSeen)];
    of(cameraId).alerts.push({ incidentId, kinds: riskTypeCodes, seenAt, toldAt });
  }
  return told;
}

/**
 * The same in the camera's own time, beside the dangers that began in `forMs` of it.
 * @param beganAt when its first picture was taken, epoch ms
 */
export function besideTruth(
  { id, url }: CameraConfig,
  { alerts = [], calls = [] }: Partial<Told>,
  { beganAt, forMs }: { beganAt: number; forMs: number },
): Watched {
  const camera = parseSimulatedCamera(url.reveal().slice("sim:".length));
  return {
    cameraId: id,
    dangers: dangersOf(camera, 0, forMs),
    alerts: alerts.map((alert) => ({
      ...alert,
      seenAt: alert.seenAt - beganAt,
      toldAt: alert.toldAt - beganAt,
    })),
    calls: calls.map((call) => ({ ...call, seenAt: call.seenAt - beganAt })),
  };
}
