import type { ObjectClass } from "../../messages/common.ts";
import type { Light } from "./drawing/light.ts";
import type { Paint, Solid } from "./drawing/solid.ts";
import { lampMaterials } from "./models/fixtures.ts";
import { material } from "./models/materials.ts";
import { strideLength, strideSteps } from "./models/person.ts";
import { pedalLength } from "./models/two-wheelers.ts";
import type { Fixture, Scene } from "./scenes/scene.ts";
import { type SignalState, signalAt } from "./traffic/signals.ts";
import { poseOf, type Vehicle } from "./traffic/vehicle.ts";
import { type Walker, walkerPose } from "./traffic/walker.ts";
import { timeOf, type World } from "./traffic/world.ts";

/** Something that is drawn, with its box in the world. */
export interface Thing {
  /** Undefined for scenery. */
  readonly class: ObjectClass | undefined;
  /** The same in every picture; of vehicles and people that of the traffic. */
  readonly id: number;
  readonly solid: Solid;
  readonly size: readonly [length: number, width: number, height: number];
  readonly shines: boolean;
  /** What stands still has its shadow in the background. */
  readonly moves: boolean;
}

/** All that may be in the picture and is not in the background. */
export function thingsOf(world: World, light: Light): Thing[] {
  const { scene, vehicles, walkers } = world;
  const time = timeOf(world);
  return [
    ...scene.fixtures.flatMap((fixture, index) =>
      fixture.class === undefined ? [] : [fixtureThing(fixture, index, scene, time)],
    ),
    ...vehicles.map((vehicle) => vehicleThing(vehicle, light, time)),
    ...walkers.map(walkerThing),
  ];
}

/** Below this deceleration the brake lights are on, m/s². */
const brakeLights = -0.6;
const blink = { on: 0.4, period: 0.8 };

function vehicleThing(vehicle: Vehicle, light: Light, time: number): Thing {
  const { look, s, id, kind } = vehicle;
  const pose = poseOf(vehicle);
  const mesh = look.meshes[partOf(s / pedalLength, look.meshes.length)]!;
  const solid = { mesh, palette: withLights(vehicle, light, time), ...pose, z: 0, scale: 1 };
  return {
    class: kind,
    id,
    solid,
    size: [look.length, look.width, look.height],
    shines: kind !== "bicycle",
    moves: true,
  };
}

/** Which of a movement's pictures it is after so many turns. */
function partOf(turns: number, parts: number): number {
  return Math.floor((turns - Math.floor(turns)) * parts) % parts;
}

function withLights(
  { look, speed, acceleration, hazard, kind }: Vehicle,
  light: Light,
  time: number,
): Paint[] {
  const paints = [...look.palette];
  const brakes = acceleration < brakeLights || speed < 0.3;
  if (kind === "bicycle") return paints;
  if (light.headlights > 0) {
    paints[material.headlamp] = { shines: [255, 252, 238] };
    paints[material.tailLamp] = { shines: [176, 26, 22] };
  }
  if (brakes) paints[material.tailLamp] = { shines: [255, 62, 48] };
  if (hazard && time % blink.period < blink.on) paints[material.indicator] = { shines: [255, 168, 40] };
  return paints;
}

function walkerThing(walker: Walker): Thing {
  const { look, walked, speed, id } = walker;
  const stride = partOf(walked / (strideLength * look.scale), strideSteps);
  const mesh = look.meshes[speed > 0 ? stride : strideSteps]!;
  const solid = { mesh, palette: look.palette, scale: look.scale, z: 0, ...walkerPose(walker) };
  return { class: "person", id, solid, size: [0.4, 0.5, 1.74 * look.scale], shines: false, moves: true };
}

/** Fixtures are numbered from here on. */
const firstFixture = 1_000_000;

function fixtureThing(
  { solid, size, group, frontOnly, ...fixture }: Fixture,
  index: number,
  scene: Scene,
  time: number,
): Thing {
  const state = group === undefined ? undefined : signalAt(scene.signals!, group, time).state;
  const shown = state === undefined ? solid : { ...solid, palette: withSignal(solid.palette, state) };
  const { position } = scene.camera;
  const isFromBehind = (position[0] - solid.x) * solid.dx + (position[1] - solid.y) * solid.dy <= 0;
  const name = frontOnly && isFromBehind ? undefined : fixture.class;
  return { class: name, id: firstFixture + index, solid: shown, size, shines: false, moves: false };
}

const lamps: Record<SignalState, { place: number; on: Paint }> = {
  red: { place: lampMaterials[0], on: { shines: [255, 56, 44] } },
  yellow: { place: lampMaterials[1], on: { shines: [255, 196, 48] } },
  green: { place: lampMaterials[2], on: { shines: [64, 244, 150] } },
};
const dark: readonly Paint[] = [
  [74, 28, 26],
  [78, 64, 24],
  [22, 66, 44],
];

function withSignal(palette: readonly Paint[], state: SignalState): Paint[] {
  const paints = [...palette];
  lampMaterials.forEach((place, i) => {
    paints[place] = dark[i]!;
  });
  paints[lamps[state].place] = lamps[state].on;
  return paints;
}
