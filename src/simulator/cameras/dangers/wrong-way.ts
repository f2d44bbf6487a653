import { nearestOn, poseAt } from "../geometry/path.ts";
import { distance } from "../geometry/vector.ts";
import type { Route } from "../scenes/scene.ts";
import { poseOf, type Vehicle } from "../traffic/vehicle.ts";
import { addCar, byId, isEmpty, isSeen, type Script, type Stage, shuffled, spanOf } from "./script.ts";

/** On a lane it is within so many metres of its middle; against it, if the cosine is below this. */
const onLane = 1.6;
const against = -0.7;

/** A car that drives a lane from its end to its beginning. */
export const stageWrongWay: Stage = (world, random) => {
  const way = shuffled(random, world.scene.wrongWays).find(({ route }) => spanOf(world.scene, route, 15));
  if (!way) return undefined;
  const { route } = way;
  for (const entry of way.closed) world.reserved.add(entry);
  const isClear = () => !world.vehicles.some((vehicle) => isOnWay(route, vehicle));
  let id: number | undefined;

  const script: Script = {
    step() {
      if (id !== undefined) return !byId(world, id);
      if (!way.closed.every((entry) => isEmpty(world, entry, way.emptyFor))) return false;
      // Who waits to give way is let go no more: nobody shall meet it head-on.
      world.reserved.add("give-way");
      if (!isClear()) return false;
      id = addCar(world, route, { s: 3, speed: 0.8 * route.speed }).id;
      return false;
    },
    holds() {
      const vehicle = byId(world, id);
      return (
        vehicle !== undefined &&
        isSeen(world.scene.camera, vehicle) &&
        drivesAgainst(world.scene.routes, vehicle)
      );
    },
    actors: () => (id === undefined ? [] : [id]),
  };
  return script;
};

function isOnWay({ path }: Route, vehicle: Vehicle): boolean {
  const { x, y } = poseOf(vehicle);
  const s = nearestOn(path, x, y);
  const at = poseAt(path, s);
  return distance(at.x - x, at.y - y) < 2.2 && s > 0 && s < path.length;
}

/** A vehicle moves on the middle of a lane against the lane's direction, and along with none. */
export function drivesAgainst(routes: readonly Route[], vehicle: Vehicle): boolean {
  const { x, y, dx, dy } = poseOf(vehicle);
  if (vehicle.speed < 1) return false;
  const cosines = routes.flatMap(({ path }) => {
    const at = poseAt(path, nearestOn(path, x, y));
    return distance(at.x - x, at.y - y) < onLane ? [at.dx * dx + at.dy * dy] : [];
  });
  return cosines.length > 0 && cosines.every((cosine) => cosine < against);
}
