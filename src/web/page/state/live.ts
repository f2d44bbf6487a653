import {
  applyCameras,
  applyFrame,
  applyIncident,
  applyIncidents,
  applyState,
  applyStatus,
  applySystem,
} from "./apply.ts";
import { startClock } from "./clock.ts";
import { keepConnected } from "./connection.ts";
import { getJson } from "./get-json.ts";
import type { Model } from "./model.ts";
import { fetchVisitor } from "./visitor.ts";

const camerasEveryMs = 15_000;

/**
 * The page's whole way: the server's messages -> the model -> (the views, which follow the model).
 *
 * Every time the connection comes back all is asked anew: what the server says replaces what the page knew, by
 * ids, so nothing is shown twice.
 */
export function startLive(model: Model): void {
  const clock = startClock(model.now);

  const fetchCameras = async () => applyCameras(model, await getJson("/api/cameras"));
  const fetchIncidents = async () => applyIncidents(model, await getJson("/api/incidents"));
  const quietly = (work: Promise<void>) => void work.catch(() => {});

  keepConnected({
    path: "/ws",
    onConnection: (connection) => {
      model.connection.value = connection;
    },
    onOpen(send) {
      send({ type: "subscribe", data: { cameraIds: "*", frames: true } });
      quietly(fetchCameras());
      quietly(fetchIncidents());
      quietly(fetchVisitor());
    },
    onMessage: {
      frame: (data, picture) => applyFrame(model, data, picture),
      detection_result: (data) => applyState(model, data),
      incident: (data) => applyIncident(model, data),
      camera_status: (data) => applyStatus(model, data),
      system(data) {
        clock.set(data.at);
        applySystem(model, data);
      },
    },
  });

  // What a camera's detector says expires with the detector, without a word.
  setInterval(() => {
    if (model.connection.value === "live") quietly(fetchCameras());
  }, camerasEveryMs);
}
