import { nearestOn, poseAt } from "../geometry/path.ts";
import { frontOf, rearOf } from "../traffic/vehicle.ts";
import { stepSeconds } from "../traffic/world.ts";
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

/** It is across within so many seconds, so many metres before the other. */
const seconds = 1.4;
const ahead = 3;
/** It is a danger while the other has less than this to it, seconds, at most this long. */
const tooNear = 0.6;
const longest = 4.5;

/** A car that changes the lane right in front of another. */
export const stageLaneChange: Stage = (world, random) => {
  const { scene } = world;
  const found = shuffled(random, scene.neighbours)
    .map(([from, to]) => ({ from, to, span: spanOf(scene, from, 20) }))
    .find(
      ({ from, span }) => span && from.gates.every((gate) => gate.s > span.from + 25 || gate.s < span.from),
    );
  if (!found?.span) return undefined;
  const { from, to, span } = found;
  const speed = 0.85 * Math.min(from.speed, to.speed);
  const begin = span.from + 3;
  for (const { entry } of [from, to]) world.reserved.add(entry);
  let pair: readonly [number, number] | undefined;
  let since: number | undefined;

  const script: Script = {
    step() {
      if (!pair) {
        const isFree = isEmpty(world, from.entry, 75) && isEmpty(world, to.entry, 75);
        if (!isFree || !findsGreen(world, to, speed, 3)) return false;
        const victim = addCar(world, to, { s: 0, speed });
        const actor = addCar(world, from, { s: 0, speed });
        actor.s = victim.s + (victim.look.length + actor.look.length) / 2 + ahead;
        pair = [actor.id, victim.id];
        for (const { entry } of [from, to]) world.reserved.delete(entry);
        return false;
      }
      const actor = byId(world, pair[0]);
      if (!actor) return true;
      if (since === undefined && actor.s >= begin) {
        const here = poseAt(from.path, actor.s);
        const there = poseAt(to.path, nearestOn(to.path, here.x, here.y));
        actor.offsetSpeed = ((there.x - here.x) * -here.dy + (there.y - here.y) * here.dx) / seconds;
        since = 0;
      } else if (since !== undefined) {
        since += stepSeconds;
        if (since >= seconds - 1e-9 && actor.route === from) {
          const { x, y } = poseAt(from.path, actor.s, actor.offset);
          Object.assign(actor, { route: to, s: nearestOn(to.path, x, y), offset: 0, offsetSpeed: 0 });
        }
      }
      return false;
    },
    holds() {
      const [actor, victim] = [byId(world, pair?.[0]), byId(world, pair?.[1])];
      if (!actor || !victim || since === undefined || since > longest) return false;
      if (!isSeen(scene.camera, actor)) return false;
      const gap = rearOf(actor) - frontOf(victim);
      return actor.offsetSpeed !== 0 || gap < tooNear * victim.speed;
    },
    actors: () => [...(pair ?? [])],
  };
  return script;
};
