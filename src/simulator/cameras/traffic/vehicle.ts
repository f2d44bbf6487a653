import type { Mesh } from "../drawing/mesh.ts";
import type { Paint } from "../drawing/solid.ts";
import { type Pose, poseAt } from "../geometry/path.ts";
import { distance } from "../geometry/vector.ts";
import type { Route } from "../scenes/scene.ts";

export const vehicleKinds = ["car", "bus", "truck", "motorcycle", "bicycle"] as const;
export type VehicleKind = (typeof vehicleKinds)[number];

export interface Vehicle {
  readonly id: number;
  readonly kind: VehicleKind;
  readonly look: VehicleLook;
  readonly driver: Driver;
  route: Route;
  /** Of its middle along the route, metres. */
  s: number;
  /** To the left of the route, metres, and how fast that changes. */
  offset: number;
  offsetSpeed: number;
  /** Metres a second. */
  speed: number;
  acceleration: number;
  /** Warning lights. */
  hazard: boolean;
  /** Seconds it stands at a stop sign; done with it once it may go. */
  waited: number;
  passedSign: boolean;
}

export interface VehicleLook {
  /** Metres. */
  readonly length: number;
  readonly width: number;
  readonly height: number;
  /** One for each part of a movement that repeats. */
  readonly meshes: readonly Mesh[];
  readonly palette: readonly Paint[];
}

/** How somebody drives: the parameters of the Intelligent Driver Model, and what a script makes them do. */
export interface Driver {
  /** Of the route's speed. */
  wish: number;
  /** Seconds to the vehicle ahead. */
  headway: number;
  /** Metres between bumpers at a standstill. */
  gap: number;
  /** m/s². */
  acceleration: number;
  braking: number;
  ignoresSignals: boolean;
  ignoresCrossings: boolean;
  /** Where it is to stop, metres along the route. */
  stopAt: number | undefined;
  /** Where it creeps, metres along the route. */
  creep: { from: number; to: number; speed: number } | undefined;
}

export function usualDriver(kind: VehicleKind, wish: number): Driver {
  const heavy = kind === "bus" || kind === "truck";
  return {
    wish,
    headway: heavy ? 1.7 : 1.35,
    gap: kind === "bicycle" || kind === "motorcycle" ? 1.5 : 2.2,
    acceleration: heavy ? 0.9 : kind === "bicycle" ? 0.8 : 1.6,
    braking: 2,
    ignoresSignals: false,
    ignoresCrossings: false,
    stopAt: undefined,
    creep: undefined,
  };
}

export function frontOf(vehicle: Vehicle): number {
  return vehicle.s + vehicle.look.length / 2;
}

export function rearOf(vehicle: Vehicle): number {
  return vehicle.s - vehicle.look.length / 2;
}

/** Where it stands and where it points: by its axles, so that long ones swing through bends. */
export function poseOf({ route, s, offset, offsetSpeed, speed, look }: Vehicle): Pose {
  const reach = look.length * 0.3;
  const front = poseAt(route.path, s + reach, offset);
  const back = poseAt(route.path, s - reach, offset);
  let dx = front.x - back.x;
  let dy = front.y - back.y;
  if (offsetSpeed !== 0) {
    const turn = offsetSpeed / Math.max(speed, 4);
    const length = distance(dx, dy);
    [dx, dy] = [dx - turn * (dy / length) * length, dy + turn * (dx / length) * length];
  }
  const length = distance(dx, dy);
  return { x: (front.x + back.x) / 2, y: (front.y + back.y) / 2, dx: dx / length, dy: dy / length };
}
