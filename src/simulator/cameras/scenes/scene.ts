import type { ObjectClass } from "../../../messages/common.ts";
import type { Colour } from "../drawing/colour.ts";
import type { Mesh } from "../drawing/mesh.ts";
import type { Paint, Solid } from "../drawing/solid.ts";
import type { Path } from "../geometry/path.ts";
import type { Pinhole } from "../geometry/pinhole.ts";
import type { Point } from "../geometry/vector.ts";
import type { VehicleKind } from "../traffic/vehicle.ts";

/** A place that is watched: what stands there, where traffic goes, and the camera. */
export interface Scene {
  readonly camera: Pinhole;
  /** Drawn in order. */
  readonly ground: readonly Patch[];
  /** Behind everything that moves: drawn once. */
  readonly backdrop: readonly Solid[];
  /** May hide what moves, or be hidden by it. */
  readonly fixtures: readonly Fixture[];
  /** Points right below street lamps. */
  readonly lamps: readonly Point[];
  readonly routes: readonly Route[];
  readonly walkways: readonly Walkway[];
  readonly crossings: readonly Crossing[];
  readonly signals: SignalPlan | undefined;
  /** Two routes side by side, between which one may change. */
  readonly neighbours: readonly (readonly [from: Route, to: Route])[];
  readonly wrongWays: readonly WrongWay[];
  /** People a minute, on each walkway. */
  readonly walkersPerMinute: number;
}

/** A way against the traffic. */
export interface WrongWay {
  readonly route: Route;
  /** Entries that nobody uses meanwhile, and how far behind them the road must be empty first, metres. */
  readonly closed: readonly string[];
  readonly emptyFor: number;
}

/** A convex piece of the ground. */
export interface Patch {
  readonly corners: readonly Point[];
  readonly colour: Colour;
}

export interface Fixture {
  readonly solid: Solid;
  /** What a detector should call it; without one it is scenery. */
  readonly class?: ObjectClass;
  /** Length, width, height of the box around it, metres: what its shadow is cast by. */
  readonly size: readonly [number, number, number];
  /** Shows the state of this group of signals. */
  readonly group?: number;
  /** It can be told what it is from its front alone. */
  readonly frontOnly?: boolean;
}

/** A way of vehicles from one edge of the scene to another. */
export interface Route {
  readonly path: Path;
  /** Routes with one entry begin in one lane. */
  readonly entry: string;
  readonly gates: readonly Gate[];
  /** Metres a second, in the straight. */
  readonly speed: number;
  readonly perMinute: number;
  /** What drives here, by share. */
  readonly mix: Readonly<Partial<Record<VehicleKind, number>>>;
  /** By metre: how fast one can be there to take the bends ahead. */
  readonly limits: Float64Array;
}

/** Where a vehicle may have to stop: `s` metres along its route. */
export type Gate =
  | { readonly kind: "signal"; readonly s: number; readonly group: number }
  | { readonly kind: "crossing"; readonly s: number; readonly crossing: number; readonly centre: number }
  /** Closed while somebody is at one of these points; with a sign everybody stops first. */
  | {
      readonly kind: "give-way";
      readonly s: number;
      readonly watch: readonly Point[];
      readonly sign: boolean;
    };

/** Where people cross a road, from kerb to kerb. */
export interface Crossing {
  readonly from: Point;
  readonly to: Point;
  /** Metres, across the direction of walking. */
  readonly width: number;
  /** Its group of signals, or none: then vehicles give way. */
  readonly group: number | undefined;
}

/** A way of people; between `enter` and `leave` it is on a crossing. */
export interface Walkway {
  readonly path: Path;
  readonly crossings: readonly {
    readonly crossing: number;
    readonly enter: number;
    readonly leave: number;
  }[];
}

/** Phases one after the other, again and again; after each come yellow and red for all. */
export interface SignalPlan {
  readonly phases: readonly { readonly seconds: number; readonly green: readonly number[] }[];
  readonly yellow: number;
  readonly allRed: number;
}

export function place(
  mesh: Mesh,
  palette: readonly Paint[],
  [x, y]: Point,
  [dx, dy]: Point,
  z = 0,
  scale = 1,
): Solid {
  return { mesh, palette, x, y, z, dx, dy, scale };
}
