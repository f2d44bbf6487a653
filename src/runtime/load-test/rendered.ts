import type { Bus, OutgoingMessage } from "../../bus/bus.ts";
import { requireModel } from "../../config/checks.ts";
import type { CameraConfig } from "../../config/config.ts";
import { Secret } from "../../config/secret.ts";
import { parseSimulatedCamera, scenes } from "../../config/simulated-camera.ts";
import { createMetrics } from "../../observability/metrics.ts";
import { acquireRenderer, type Renderer } from "../../simulator/cameras/renderer.ts";
import { pictureSize } from "../../simulator/cameras/scenes/surroundings.ts";
import { deferred } from "../detector/deferred.ts";
import { createPipeline } from "../detector/pipeline.ts";
import { createPixelMemory } from "../detector/pixel-memory.ts";
import { startPool } from "../detector/pool.ts";
import type { Feed, FeedOptions, Site } from "./feed.ts";

/**
 * Rendered cameras, each scene in turn, and the detector's own way from a picture to the bus. A camera draws one
 * picture at a time; a detector that is slower than they come drops the older ones, as it does with any camera's.
 * @throws TmonError as requireModel and startPool; the signal's reason during the start
 */
export async function renderFrames(site: Site, { cameraIds, frames, signal }: FeedOptions): Promise<Feed> {
  const { config, store, log } = site;
  const configs = cameraIds.map(configOf);
  const { workers, confidence, iou } = config.detector;
  const model = requireModel("rendered", config);
  const pool = await startPool({ model: model.path, workers, confidence, iou });
  const memory = createPixelMemory();
  const bus = noting(site.bus, frames);
  const pipeline = createPipeline({ ...site, bus, metrics: createMetrics() }, { pool, model, memory });
  const failure = deferred<never>();

  const cameras = configs.map(openCamera);
  const stop = async () => {
    pipeline.clear();
    await Promise.all([...cameras.map(({ renderer }) => renderer.release()), pool.stop()]);
  };
  try {
    log.info({ cameras: cameras.length }, "the scenes are built");
    // A camera's first picture takes far longer than those after it, and is no part of the load.
    for (const { draw } of cameras) {
      signal.throwIfAborted();
      memory.give(await draw(0));
    }
  } catch (error) {
    await stop();
    throw error;
  }
  const startedAt = store.now();
  let stopping: Promise<void> | undefined;

  function openCamera(config: CameraConfig) {
    const renderer: Renderer = acquireRenderer(
      parseSimulatedCamera(config.url.reveal().slice("sim:".length)),
    );
    const draw = async (timeMs: number) => {
      const picture = memory.take(pictureSize);
      await renderer.draw({ timeMs }, picture);
      return picture;
    };
    return { config, renderer, draw, drawing: Promise.resolve() };
  }

  return {
    room: (camera) => cameras[camera]!.drawing,
    take(index, capturedAt) {
      const camera = cameras[index]!;
      camera.drawing = camera.draw(Math.max(0, capturedAt - startedAt)).then(
        (picture) => {
          if (!stopping) pipeline.offer({ camera: camera.config, picture, capturedAt });
        },
        (error) => failure.reject(error),
      );
    },
    async finish() {
      await Promise.all(cameras.map(({ drawing }) => drawing));
      await pipeline.idle();
    },
    stop: () => {
      stopping ??= stop();
      return stopping;
    },
    dropped() {
      const { replaced, bus, failed } = pipeline.counts().dropped;
      return replaced + bus + failed;
    },
    isBack: (seen) => seen.frames.size >= frames.size,
    expected: ({ tasks }) => tasks.size,
    failed: Promise.race([pool.failed, failure.promise]),
  };
}

function configOf(id: string, index: number): CameraConfig {
  const url = `sim:${scenes[index % scenes.length]}?seed=${index + 1}`;
  return { id, url: new Secret(url), shownUrl: url, source: "sim", intervalMs: 0, weight: 1 };
}

/** The bus, noting the frames it has taken. */
function noting(bus: Bus, frames: Set<string>): Bus {
  return {
    ...bus,
    async produce(messages: readonly OutgoingMessage[]) {
      await bus.produce(messages);
      for (const { value } of messages) frames.add(messageIdOf(value));
    },
  };
}

const messageIdOf = (value: Buffer) => (JSON.parse(value.toString()) as { messageId: string }).messageId;
