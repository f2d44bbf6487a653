import type { SimulatedCamera } from "../../config/simulated-camera.ts";
import { hashOf } from "../random.ts";
import { createDirector, type WorldDanger } from "./dangers/director.ts";
import type { Scene } from "./scenes/scene.ts";
import { advance, createWorld, stepSeconds, type World } from "./traffic/world.ts";

/** A camera's time is cut into pieces of so many ms: each begins anew, so that any moment can be gone to. */
export const episodeMs = 300_000;
const stepMs = stepSeconds * 1000;
/** Before a piece begins, traffic has been on the road for so many steps, and the first danger is prepared. */
const warmUpSteps = 250;
const firstDangerAt = 42;

/** One piece of a camera's time. */
export interface Episode {
  readonly index: number;
  readonly world: World;
  /** Up to this moment of the camera's time. Not back. */
  advanceTo(timeMs: number): void;
  /** Up to the moment it has come to. */
  dangers(): readonly WorldDanger[];
  /** The camera's time of a second of the world. */
  timeMsOf(seconds: number): number;
}

export function episodeAt(timeMs: number): number {
  return Math.floor(timeMs / episodeMs);
}

export function startEpisode(
  { seed, weather, scene: name }: SimulatedCamera,
  scene: Scene,
  index: number,
): Episode {
  const own = hashOf(`${name} ${seed} ${index}`);
  const world = createWorld(scene, weather, own);
  const director = createDirector(world, own, firstDangerAt);
  return {
    index,
    world,
    advanceTo(timeMs) {
      const steps = warmUpSteps + Math.floor((timeMs - index * episodeMs) / stepMs);
      while (world.steps < steps) {
        director.before();
        advance(world);
        director.after();
      }
    },
    dangers: () => director.dangers,
    timeMsOf: (seconds) => Math.round((seconds / stepSeconds - warmUpSteps) * stepMs) + index * episodeMs,
  };
}
