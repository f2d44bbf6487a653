import type { Weather } from "../../../config/simulated-camera.ts";
import { hashOf, seededRandom } from "../../random.ts";
import type { Scene } from "../scenes/scene.ts";
import { enter } from "./arrivals.ts";
import type { Random } from "./looks.ts";
import { moveVehicles } from "./move-vehicles.ts";
import { moveWalkers } from "./move-walkers.ts";
import type { Vehicle } from "./vehicle.ts";
import type { Walker } from "./walker.ts";

/** Seconds a step. */
export const stepSeconds = 0.2;

/** All that moves in a scene. */
export interface World {
  readonly scene: Scene;
  readonly weather: Weather;
  readonly random: Random;
  /** Steps since its beginning. */
  steps: number;
  vehicles: Vehicle[];
  walkers: Walker[];
  /** Entries that nobody uses for now: a script needs the lane empty. */
  readonly reserved: Set<string>;
  nextId: number;
}

export function createWorld(scene: Scene, weather: Weather, seed: number): World {
  return {
    ...{ scene, weather, steps: 0, vehicles: [], walkers: [], nextId: 1 },
    random: seededRandom(hashOf(`traffic ${seed}`)),
    reserved: new Set(),
  };
}

export function timeOf(world: World): number {
  return world.steps * stepSeconds;
}

export function advance(world: World): void {
  enter(world);
  moveWalkers(world);
  moveVehicles(world);
  world.steps++;
}

export function isGone({ route, s, look }: Vehicle): boolean {
  return s - look.length / 2 > route.path.length;
}
