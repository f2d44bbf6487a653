import { poseAt } from "../geometry/path.ts";
import { distance } from "../geometry/vector.ts";
import type { Route, Walkway } from "../scenes/scene.ts";
import { personLook, vehicleLook } from "./looks.ts";
import {
  type Driver,
  poseOf,
  usualDriver,
  type Vehicle,
  type VehicleKind,
  type VehicleLook,
} from "./vehicle.ts";
import type { Walker } from "./walker.ts";
import { stepSeconds, type World } from "./world.ts";

/** Lets vehicles and people come in, by chance. */
export function enter(world: World): void {
  const { scene, random, reserved } = world;
  for (const route of scene.routes) {
    if (random() >= (route.perMinute / 60) * stepSeconds) continue;
    const kind = kindOf(route, random());
    const look = vehicleLook(kind, random);
    const wish = 0.85 + 0.25 * random();
    if (reserved.has(route.entry) || !isFree(world, route, look)) continue;
    addVehicle(world, { kind, look, route, driver: usualDriver(kind, wish) });
  }
  if (random() < ((scene.walkersPerMinute * scene.walkways.length) / 60) * stepSeconds) {
    const walkway = scene.walkways[Math.floor(random() * scene.walkways.length)]!;
    addWalker(world, walkway);
  }
}

export interface Arrival {
  readonly kind: VehicleKind;
  readonly look: VehicleLook;
  readonly route: Route;
  readonly driver: Driver;
  readonly s?: number;
  readonly speed?: number;
}

export function addVehicle(world: World, { kind, look, route, driver, s, speed }: Arrival): Vehicle {
  const vehicle: Vehicle = {
    ...{ id: world.nextId++, kind, look, route, driver },
    s: s ?? -look.length / 2,
    ...{ offset: kind === "motorcycle" ? 0.5 * (world.random() - 0.5) : 0, offsetSpeed: 0 },
    ...{ speed: speed ?? entrySpeed(world, route, driver, look), acceleration: 0 },
    ...{ hazard: false, waited: 0, passedSign: false },
  };
  world.vehicles.push(vehicle);
  return vehicle;
}

export function addWalker(world: World, walkway: Walkway, script?: Walker["script"]): Walker {
  const { random, weather } = world;
  const walker: Walker = {
    ...{ id: world.nextId++, look: personLook(weather, random), walkway },
    ...{ s: 0, offset: 2 * (random() - 0.5), pace: 1.1 + 0.5 * random(), speed: 0 },
    ...{ walked: 0, waited: 0, script },
  };
  world.walkers.push(walker);
  return walker;
}

function kindOf({ mix }: Route, chance: number): VehicleKind {
  const entries = Object.entries(mix) as [VehicleKind, number][];
  let rest = chance * entries.reduce((sum, [, share]) => sum + share, 0);
  for (const [kind, share] of entries) {
    if (rest < share) return kind;
    rest -= share;
  }
  return entries[0]![0];
}

/** Nobody is near the entrance who would have to brake, or be braked for. */
function isFree(world: World, route: Route, look: VehicleLook): boolean {
  return nearestToEntrance(world, route) > look.length / 2 + 9 + 0.6 * route.speed;
}

/** No faster than who is ahead can be followed. */
function entrySpeed(world: World, route: Route, driver: Driver, look: VehicleLook): number {
  const free = Math.min(driver.wish * route.speed, route.limits[0]!);
  const room = nearestToEntrance(world, route) - look.length - 4;
  const leader = world.vehicles.find(
    (other) => other.route.entry === route.entry && other.s < 60 && other.s > 0,
  );
  return leader ? Math.min(free, leader.speed + Math.max(0, room) / 3) : free;
}

function nearestToEntrance({ vehicles }: World, { path }: Route): number {
  const entrance = poseAt(path, 0);
  let least = Number.POSITIVE_INFINITY;
  for (const vehicle of vehicles) {
    const { x, y } = poseOf(vehicle);
    const aside = Math.abs((x - entrance.x) * entrance.dy - (y - entrance.y) * entrance.dx);
    if (aside > 1.2 + vehicle.look.width / 2) continue;
    least = Math.min(least, distance(x - entrance.x, y - entrance.y) - vehicle.look.length / 2);
  }
  return least;
}
