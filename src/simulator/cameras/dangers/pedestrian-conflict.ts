import { nearestOn, poseAt } from "../geometry/path.ts";
import { sees } from "../geometry/pinhole.ts";
import { distance } from "../geometry/vector.ts";
import type { Gate, Route } from "../scenes/scene.ts";
import { addWalker } from "../traffic/arrivals.ts";
import { frontOf, poseOf, rearOf, type Vehicle } from "../traffic/vehicle.ts";
import { crossingOf, kerbOf, type Walker, walkerPose } from "../traffic/walker.ts";
import { addCar, byId, findsGreen, isEmpty, isSeen, type Script, type Stage, shuffled } from "./script.ts";

/** Somebody on the road is nearer than this to a vehicle, metres, that moves at more than this, m/s. */
export const conflictGap = 1.5;
export const conflictSpeed = 1;

const creepSpeed = 1.8;
/** From the side of the car to who lets it pass, metres. */
const sideRoom = 0.8;
/** People step on the road when the car is so near, metres. */
const stepOutAt = 13;

type CrossingGate = Gate & { kind: "crossing" };

/** A car that does not give way but creeps across a crossing between the people on it. */
export const stagePedestrianConflict: Stage = (world, random) => {
  const { scene } = world;
  const isInView = (route: Route, gate: CrossingGate) => {
    const { x, y } = poseAt(route.path, gate.centre);
    return sees(scene.camera, [x, y], 30);
  };
  const places = scene.routes.flatMap((route) =>
    route.gates.flatMap((gate) =>
      gate.kind === "crossing" &&
      route.mix.car !== undefined &&
      gate.s > 25 &&
      isInView(route, gate) &&
      isReached(route, gate)
        ? [{ route, gate }]
        : [],
    ),
  );
  const place = shuffled(random, places)[0];
  if (!place) return undefined;
  const { route, gate } = place;
  const walkways = scene.walkways.filter(({ crossings }) =>
    crossings.some(({ crossing }) => crossing === gate.crossing),
  );
  if (walkways.length === 0) return undefined;
  // Nobody else shall come to the crossing meanwhile.
  const entries = scene.routes
    .filter((each) => firstCrossing(each)?.crossing === gate.crossing)
    .map(({ entry }) => entry);
  for (const entry of [route.entry, ...entries]) world.reserved.add(entry);
  const people = [0, 1].map((i) => {
    const walkway = walkways[i % walkways.length]!;
    const walker = addWalker(world, walkway, { go: false, holdAt: undefined, ignores: undefined });
    walker.s = Math.max(
      0,
      walkway.crossings.find(({ crossing }) => crossing === gate.crossing)!.enter - 9 - 2 * i,
    );
    return walker;
  });
  const isOnRoad = (walker: Walker) => crossingOf(walker)?.crossing === gate.crossing;
  const speed = 0.8 * route.speed;
  let id: number | undefined;

  const script: Script = {
    step() {
      const car = byId(world, id);
      if (id !== undefined && !car) {
        release();
        return true;
      }
      if (!car) {
        const areReady = people.every((walker) => kerbOf(walker) !== undefined);
        if (!areReady || !isEmpty(world, route.entry, gate.s + 8) || !findsGreen(world, route, speed, 4))
          return false;
        const creep = { from: gate.s - 1, to: gate.centre + 5, speed: creepSpeed };
        id = addCar(world, route, { s: 0, speed }, { ignoresCrossings: true, creep }).id;
        return false;
      }
      if (gate.s - frontOf(car) < stepOutAt) for (const walker of people) letGo(walker, car);
      if (rearOf(car) > gate.centre + 0.5) {
        release();
        world.reserved.clear();
      }
      return false;
    },
    holds() {
      const car = byId(world, id);
      if (!car || car.speed < conflictSpeed || !isSeen(scene.camera, car)) return false;
      return people.some((walker) => isOnRoad(walker) && gapTo(car, walker) < conflictGap);
    },
    actors: () => (id === undefined ? [] : [id, ...people.map((walker) => walker.id)]),
  };

  /** Onto the road, up to beside the car's way. */
  function letGo(walker: Walker, car: Vehicle): void {
    const { script } = walker;
    if (!script || script.go) return;
    const part = walker.walkway.crossings.find(({ crossing }) => crossing === gate.crossing)!;
    const { x, y } = poseAt(route.path, gate.centre);
    const meets = nearestOn(walker.walkway.path, x, y, part.enter, part.leave);
    script.go = true;
    script.ignores = car.id;
    script.holdAt = meets - car.look.width / 2 - sideRoom;
  }

  function release(): void {
    for (const { script } of people) if (script) script.holdAt = undefined;
  }
  return script;
};

function firstCrossing({ gates }: Route): CrossingGate | undefined {
  return gates.find((gate): gate is CrossingGate => gate.kind === "crossing");
}

/** Straight on: who turns waits for others. */
function isReached({ limits, speed }: Route, { centre }: CrossingGate): boolean {
  return limits.slice(0, Math.floor(centre)).every((limit) => limit > 0.5 * speed);
}

/** Metres from somebody's middle to the nearest side of a vehicle. */
export function gapTo(vehicle: Vehicle, walker: Walker): number {
  const pose = poseOf(vehicle);
  const { x, y } = walkerPose(walker);
  const [ax, ay] = [x - pose.x, y - pose.y];
  const along = Math.max(0, Math.abs(ax * pose.dx + ay * pose.dy) - vehicle.look.length / 2);
  const aside = Math.max(0, Math.abs(ay * pose.dx - ax * pose.dy) - vehicle.look.width / 2);
  return distance(along, aside);
}
