import type { SceneName } from "../../../config/simulated-camera.ts";
import { hashOf, seededRandom } from "../../random.ts";
import type { Random } from "../traffic/looks.ts";
import { highway } from "./highway.ts";
import { junction } from "./junction.ts";
import { roundabout } from "./roundabout.ts";
import type { Scene } from "./scene.ts";
import { zebra } from "./zebra.ts";

const builders: Record<SceneName, (random: Random) => Scene> = { junction, highway, zebra, roundabout };

export function openScene(name: SceneName, seed: number): Scene {
  return builders[name](seededRandom(hashOf(`${name} ${seed}`)));
}
