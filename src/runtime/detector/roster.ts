import type { CameraConfig, Config } from "../../config/config.ts";
import { redact } from "../../config/redact.ts";
import { Secret } from "../../config/secret.ts";
import type { Store } from "../../store/store.ts";
import { readWantedStreams, type WantedStream } from "../wanted-streams.ts";
import type { Camera } from "./camera.ts";
import { streamRefusal } from "./stream-policy.ts";

/** The cameras of this detector: the configured ones, and those somebody wants to see for a while. */
export interface Roster {
  cameras(): readonly Camera[];
  isConfigured(cameraId: string): boolean;
  find(cameraId: string): Camera | undefined;
  /** Adds what is wanted and allowed; answers those that nobody wants any more, which are out of it already. */
  refresh(): Promise<readonly Camera[]>;
}

export interface RosterOptions {
  configured: readonly Camera[];
  config: Config;
  store: Pick<Store, "list">;
  /** Makes the camera of a wanted stream. */
  open(camera: CameraConfig): Promise<Camera>;
}

export function createRoster({ configured, config, store, open }: RosterOptions): Roster {
  const ids = new Set(configured.map((camera) => camera.config.id));
  const wanted = new Map<string, Camera>();
  const isStill = (camera: Camera, stream: WantedStream | undefined) =>
    stream !== undefined && stream.url === camera.config.url.reveal();

  return {
    cameras: () => [...configured, ...wanted.values()],
    isConfigured: (cameraId) => ids.has(cameraId),
    find: (cameraId) => wanted.get(cameraId) ?? configured.find(({ config }) => config.id === cameraId),
    async refresh() {
      const streams = await readWantedStreams(store);
      const gone = [...wanted.values()].filter((camera) => !isStill(camera, streams.get(camera.config.id)));
      for (const camera of gone) wanted.delete(camera.config.id);
      for (const stream of streams.values()) {
        const { cameraId, url } = stream;
        if (ids.has(cameraId) || wanted.has(cameraId)) continue;
        // Whoever can write to the store is not thereby allowed to have any URL opened.
        if (streamRefusal(url, config.web.streams) !== undefined) continue;
        wanted.set(cameraId, await open(cameraOf(stream, config)));
      }
      return gone;
    },
  };
}

export function cameraOf(
  { cameraId, url }: Pick<WantedStream, "cameraId" | "url">,
  config: Config,
): CameraConfig {
  return {
    id: cameraId,
    url: new Secret(url),
    shownUrl: redact(url),
    source: "live",
    intervalMs: config.detector.intervalMs,
    weight: 1,
  };
}
