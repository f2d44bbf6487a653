import type { RiskTypeCode } from "../../../messages/result.ts";
import { poseAt, step } from "../geometry/path.ts";
import { depthOf, type Pinhole, project, sees } from "../geometry/pinhole.ts";
import type { Route } from "../scenes/scene.ts";
import { addVehicle } from "../traffic/arrivals.ts";
import { type Random, vehicleLook } from "../traffic/looks.ts";
import { signalAt } from "../traffic/signals.ts";
import { type Driver, poseOf, usualDriver, type Vehicle } from "../traffic/vehicle.ts";
import { timeOf, type World } from "../traffic/world.ts";

/** Makes one danger happen, by those it puts on the road or takes from those who are there. */
export interface Script {
  /** Called before each step of the world. True once it is over. */
  step(): boolean;
  /** Whether the danger is there now, by its geometry alone. */
  holds(): boolean;
  /** The ids of those in danger. */
  actors(): number[];
}

/** Undefined where the scene has no place for it. */
export type Stage = (world: World, random: Random) => Script | undefined;

export type ScriptedKind = Extract<
  RiskTypeCode,
  "pedestrian_conflict" | "tailgating" | "wrong_way" | "red_light" | "stopped_in_lane" | "lane_change"
>;

/** A part of a route that is well in the picture, metres along it. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

const margin = 24;
/** Farther away things are too small to be judged, metres. */
const farthest = 60;

/** The longest part of a route that the camera sees well; undefined if it is short. */
export function spanOf({ camera }: World["scene"], { path }: Route, least = 12): Span | undefined {
  let best: Span | undefined;
  let from: number | undefined;
  for (let s = 0; s <= path.length + step; s += step) {
    const { x, y } = poseAt(path, s);
    const isSeen = s <= path.length && sees(camera, [x, y], margin) && depthOf(camera, [x, y, 0]) < farthest;
    if (isSeen) from ??= s;
    else if (from !== undefined) {
      if (!best || s - from > best.to - best.from) best = { from, to: s - step };
      from = undefined;
    }
  }
  return best && best.to - best.from >= least ? best : undefined;
}

/** Whether the middle of a vehicle is in the picture. */
export function isSeen(camera: Pinhole, vehicle: Vehicle): boolean {
  const { x, y } = poseOf(vehicle);
  const at = project(camera, [x, y, 0.7]);
  return at !== undefined && at[0] > 0 && at[0] < camera.width && at[1] > 0 && at[1] < camera.height;
}

export function byId(world: World, id: number | undefined): Vehicle | undefined {
  return world.vehicles.find((vehicle) => vehicle.id === id);
}

/** Nobody who came in by this entry is still within so many metres. */
export function isEmpty(world: World, entry: string, within: number): boolean {
  return !world.vehicles.some(({ route, s, look }) => route.entry === entry && s - look.length / 2 < within);
}

/** Who comes in now at this speed finds green lights, with `spare` seconds before they change. */
export function findsGreen(world: World, { gates }: Route, speed: number, spare: number): boolean {
  return gates.every((gate) => {
    if (gate.kind !== "signal") return true;
    const { state, seconds } = signalAt(world.scene.signals!, gate.group, timeOf(world) + gate.s / speed);
    return state === "green" && seconds > spare && seconds < 13;
  });
}

/** Puts a car on the road. */
export function addCar(
  world: World,
  route: Route,
  at: { s: number; speed: number },
  driver: Partial<Driver> = {},
): Vehicle {
  const look = vehicleLook("car", world.random);
  const usual = usualDriver("car", at.speed / route.speed);
  return addVehicle(world, { kind: "car", look, route, driver: { ...usual, ...driver }, ...at });
}

export function shuffled<Item>(random: Random, items: readonly Item[]): Item[] {
  return items
    .map((item) => ({ item, key: random() }))
    .sort((a, b) => a.key - b.key)
    .map(({ item }) => item);
}
