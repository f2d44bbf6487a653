import { clamp } from "../geometry/vector.ts";
import { accelerationOf, type Obstacle } from "./driver-model.ts";
import { closedGate } from "./gates.ts";
import { obstacleAhead, placesOf } from "./obstacles.ts";
import { frontOf, type Vehicle } from "./vehicle.ts";
import { isGone, stepSeconds, type World } from "./world.ts";

/** One step of all vehicles: all decide by what they see, then all move. */
export function moveVehicles(world: World): void {
  const places = placesOf(world.vehicles);
  const accelerations = world.vehicles.map((vehicle, index) => {
    const obstacles = [obstacleAhead(vehicle, index, places), closedGate(world, vehicle), ownStop(vehicle)];
    return decide(vehicle, obstacles);
  });
  for (const [index, vehicle] of world.vehicles.entries()) move(vehicle, accelerations[index]!);
  world.vehicles = world.vehicles.filter((vehicle) => !isGone(vehicle));
}

/** The strictest of what is ahead. */
function decide(vehicle: Vehicle, obstacles: readonly (Obstacle | undefined)[]): number {
  const { driver, speed } = vehicle;
  const wish = wishedSpeed(vehicle);
  let least = accelerationOf(driver, speed, wish, undefined);
  for (const obstacle of obstacles)
    if (obstacle) least = Math.min(least, accelerationOf(driver, speed, wish, obstacle));
  return least;
}

function wishedSpeed(vehicle: Vehicle): number {
  const { driver, route, s } = vehicle;
  const { creep, wish } = driver;
  if (creep && frontOf(vehicle) > creep.from && s < creep.to) return creep.speed;
  const index = clamp(Math.floor(s), 0, route.limits.length - 1);
  const limit = route.limits[index]!;
  const own = Math.min(wish * route.speed, vehicle.kind === "bicycle" ? 4.6 : Number.POSITIVE_INFINITY);
  const bound = limit < route.speed ? Math.min(own, limit) : own;
  // It slows down in time for where it will creep.
  if (!creep || frontOf(vehicle) > creep.to) return bound;
  return Math.min(
    bound,
    Math.sqrt(creep.speed * creep.speed + 2 * 2.5 * Math.max(0, creep.from - frontOf(vehicle))),
  );
}

function ownStop(vehicle: Vehicle): Obstacle | undefined {
  const { stopAt } = vehicle.driver;
  return stopAt === undefined ? undefined : { gap: stopAt - frontOf(vehicle) + vehicle.driver.gap, speed: 0 };
}

function move(vehicle: Vehicle, acceleration: number): void {
  const before = vehicle.speed;
  vehicle.speed = Math.max(0, before + acceleration * stepSeconds);
  vehicle.acceleration = (vehicle.speed - before) / stepSeconds;
  vehicle.s += ((before + vehicle.speed) / 2) * stepSeconds;
  vehicle.offset += vehicle.offsetSpeed * stepSeconds;
}
