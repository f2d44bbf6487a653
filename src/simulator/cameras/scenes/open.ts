import type { SceneName } from "../../../config/simulated-camera.ts";
import { hashOf, seededRandom } from "../../random.ts";
import type { Random } from "../traffic/looks.ts";
import { junction } from "./junction.ts";
import type { Scene } from "./scene.ts";

const builders: Record<SceneName, (random: Random) => Scene> = { junction, highway: junction, zebra: junction, roundabout: junction };

export function openScene(name: SceneName, seed: number): Scene {
  return builders[name](seededRandom(hashOf(`${name} ${seed}`)));
}
