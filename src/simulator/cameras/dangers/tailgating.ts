import { frontOf, rearOf } from "../traffic/vehicle.ts";
import {
  addCar,
  byId,
  findsGreen,
  isEmpty,
  isSeen,
  type Script,
  type Stage,
  shuffled,
  spanOf,
} from "./script.ts";

/** Seconds behind the vehicle ahead that are too few, above a speed in m/s. */
export const tailgatingSeconds = 0.6;
export const tailgatingSpeed = 5;
/** Where it is to be seen one can drive so fast, m/s. */
const leastSpeed = 7;

/** Two cars, the second far too close behind the first all the way. */
export const stageTailgating: Stage = (world, random) => {
  const route = shuffled(random, world.scene.routes).find((each) => {
    const span = spanOf(world.scene, each, 20);
    return (
      span &&
      each.mix.car !== undefined &&
      each.limits.slice(Math.max(0, span.from), span.to).every((limit) => limit > leastSpeed)
    );
  });
  if (!route) return undefined;
  const speed = 0.82 * route.speed;
  world.reserved.add(route.entry);
  let pair: readonly [lead: number, follower: number] | undefined;

  const script: Script = {
    step() {
      if (pair) return !byId(world, pair[0]);
      if (!isEmpty(world, route.entry, 75) || !findsGreen(world, route, speed, 5)) return false;
      const lead = addCar(world, route, { s: 5, speed });
      const close = { headway: 0.1, gap: 2.4, acceleration: 3, braking: 3.5, wish: 1.4 * lead.driver.wish };
      const follower = addCar(world, route, { s: 0, speed }, close);
      follower.s = lead.s - (lead.look.length + follower.look.length) / 2 - 4;
      pair = [lead.id, follower.id];
      world.reserved.delete(route.entry);
      return false;
    },
    holds() {
      const [lead, follower] = [byId(world, pair?.[0]), byId(world, pair?.[1])];
      if (!lead || !follower || !isSeen(world.scene.camera, follower) || !isSeen(world.scene.camera, lead))
        return false;
      const gap = rearOf(lead) - frontOf(follower);
      return follower.speed > tailgatingSpeed && gap < tailgatingSeconds * follower.speed;
    },
    actors: () => [...(pair ?? [])],
  };
  return script;
};
