import type { SimulatedCamera } from "../../config/simulated-camera.ts";
import type { RgbPicture } from "../../vision/picture.ts";
import { hashOf, seededRandom } from "../random.ts";
import type { Background } from "./drawing/canvas.ts";
import { drawBackground } from "./drawing/background.ts";
import { type Light, lightOf } from "./drawing/light.ts";
import { cosine, sine } from "./geometry/vector.ts";
import { createStudio, render, type Studio } from "./render.ts";
import { openScene } from "./scenes/open.ts";
import type { Scene } from "./scenes/scene.ts";
import { fixtureThing, type Thing, vehicleThing, walkerThing } from "./things.ts";
import { advance, createWorld, timeOf, type World } from "./traffic/world.ts";

export interface Renderer {
  draw(timeMs: number, picture: RgbPicture): Thing[];
  world(): World;
}

const warmUpSteps = 250;
export function openCamera(spec: SimulatedCamera, studio: Studio = createStudio()): Renderer {
  const { scene: name, seed, weather } = spec;
  const scene: Scene = openScene(name, seed);
  const chance = seededRandom(hashOf(`light ${name} ${seed}`));
  const angle = chance() * 2 * Math.PI;
  const light: Light = lightOf(weather, [cosine(angle), sine(angle)]);
  let background: Background | undefined;
  const world = createWorld(scene, weather, seed);
  for (let i = 0; i < warmUpSteps; i++) advance(world);
  return {
    world: () => world,
    draw(timeMs, picture) {
      background ??= drawBackground(scene, light, seed);
      while (world.steps < warmUpSteps + Math.floor(timeMs / 200)) advance(world);
      const time = timeOf(world);
      const things = [
        ...scene.fixtures.flatMap((fixture, index) => fixture.class === undefined ? [] : [fixtureThing(fixture, index, scene, time)]),
        ...world.vehicles.map((vehicle) => vehicleThing(vehicle, light, time)),
        ...world.walkers.map(walkerThing),
      ];
      const random = seededRandom(hashOf(`picture ${name} ${seed} ${timeMs}`));
      render(studio, { scene, light, background, things, shake: [0, 0], random, counts: false }, picture);
      return things;
    },
  };
}
