import { type SimulatedCamera, scenes, weathers } from "../../src/config/simulated-camera.ts";
import { createPixelMemory } from "../../src/runtime/detector/pixel-memory.ts";
import type { Pool } from "../../src/runtime/detector/pool.ts";
import { openRenderedCamera } from "../../src/simulator/cameras/camera.ts";
import { createStudio } from "../../src/simulator/cameras/render.ts";
import { pictureSize } from "../../src/simulator/cameras/scenes/surroundings.ts";
import type { ScoredPicture } from "./average-precision.ts";

export interface ScoredCamera {
  readonly camera: SimulatedCamera;
  readonly pictures: readonly ScoredPicture[];
}

/** Scenes and weathers in turn, each with a seed of its own. */
export function camerasFrom(seed: number, count: number): SimulatedCamera[] {
  return Array.from({ length: count }, (_, index) => ({
    scene: scenes[index % scenes.length]!,
    weather: weathers[Math.floor(index / scenes.length) % weathers.length]!,
    seed: seed + index,
  }));
}

/** Draws pictures of a camera, `everyMs` apart, while the detector looks at those before. */
export async function scoreCamera(
  camera: SimulatedCamera,
  pool: Pool,
  { pictures: count, everyMs }: { pictures: number; everyMs: number },
): Promise<ScoredCamera> {
  const rendered = openRenderedCamera(camera, studio);
  const pending: Promise<ScoredPicture>[] = [];
  for (let index = 0; index < count; index++) {
    const picture = memory.take(pictureSize);
    const { objects } = rendered.drawWithTruth(index * everyMs, picture);
    const detect = async () => {
      const found = await pool.detect(picture);
      memory.give(picture);
      return { objects, found };
    };
    pending.push(detect());
    // Workers answer between two pictures.
    await new Promise(setImmediate);
  }
  return { camera, pictures: await Promise.all(pending) };
}

const studio = createStudio();
const memory = createPixelMemory();
