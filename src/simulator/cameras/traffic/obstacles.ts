import { nearestOn, type Pose, poseAt } from "../geometry/path.ts";
import type { Obstacle } from "./driver-model.ts";
import { poseOf, type Vehicle } from "./vehicle.ts";

/** A vehicle where it is, once a step. */
export interface Place {
  readonly vehicle: Vehicle;
  readonly pose: Pose;
}

export function placesOf(vehicles: readonly Vehicle[]): Place[] {
  return vehicles.map((vehicle) => ({ vehicle, pose: poseOf(vehicle) }));
}

/** Room that is kept to the side, metres. */
const sideRoom = 0.35;
const leastSight = 24;
/** Seconds one looks ahead. */
const sightSeconds = 4.5;

/** Metres between the points by which a place on the way is first looked for. */
const stride = 4;
/** Where a vehicle's parts are, in its lengths from its middle: a long one may reach into the way with one end. */
const parts = [0, 0.42, -0.42];

/**
 * The nearest vehicle that stands or drives where this one will: its own lane, one that merges, one that crosses.
 * Each vehicle is seen as a box; its place is found on this one's way.
 */
export function obstacleAhead(
  vehicle: Vehicle,
  index: number,
  places: readonly Place[],
): Obstacle | undefined {
  const own = places[index]!.pose;
  const sight = leastSight + sightSeconds * vehicle.speed;
  let nearest: Obstacle | undefined;
  for (let i = 0; i < places.length; i++) {
    if (i === index) continue;
    const other = places[i]!;
    const ax = other.pose.x - own.x;
    const ay = other.pose.y - own.y;
    const reach = sight + other.vehicle.look.length;
    if (ax * ax + ay * ay > reach * reach) continue;
    // What is behind one's middle is of no interest.
    if (ax * own.dx + ay * own.dy < -0.5) continue;
    const found = findOnWay(vehicle, other, sight);
    if (!found || (nearest && found.gap >= nearest.gap)) continue;
    if (found.gap < 0.5 && goesFirst(vehicle, own, other)) continue;
    nearest = found;
  }
  return nearest;
}

function findOnWay(self: Vehicle, { vehicle: it, pose }: Place, sight: number): Obstacle | undefined {
  const { route, s, offset, look } = self;
  if (it.route === route) {
    const aside = Math.abs(it.offset - offset);
    if (it.s <= s || aside > (it.look.width + look.width) / 2 + sideRoom) return undefined;
    return { gap: it.s - s - (it.look.length + look.length) / 2, speed: it.speed };
  }
  const near = roughlyOnWay(self, pose, sight, it.look.length / 2 + 4);
  if (near === undefined) return undefined;
  let best: Obstacle | undefined;
  for (const part of parts) {
    const x = pose.x + part * it.look.length * pose.dx;
    const y = pose.y + part * it.look.length * pose.dy;
    const reach = stride + it.look.length / 2;
    const at = nearestOn(route.path, x, y, Math.max(s, near - reach), near + reach);
    if (at <= s) continue;
    const way = poseAt(route.path, at, offset);
    const along = way.dx * pose.dx + way.dy * pose.dy;
    const across = Math.sqrt(Math.max(0, 1 - along * along));
    const aside = Math.abs((x - way.x) * way.dy - (y - way.y) * way.dx);
    const halfAcross = (it.look.width / 2) * Math.abs(along) + 0.16 * it.look.length * across;
    if (aside > halfAcross + look.width / 2 + sideRoom) continue;
    const whole = (it.look.length / 2) * Math.abs(along) + (it.look.width / 2) * across;
    const gap = at - (part === 0 ? whole : it.look.width / 2) - s - look.length / 2;
    if (gap <= sight && (!best || gap < best.gap)) best = { gap, speed: it.speed * along };
  }
  return best;
}

/** About where on its way a vehicle comes by a point, if it comes within `reach` of it. */
function roughlyOnWay(
  { route, s }: Vehicle,
  { x, y }: Pose,
  sight: number,
  reach: number,
): number | undefined {
  const { xs, ys } = route.path;
  const last = Math.min(xs.length - 1, s + sight + stride);
  let best = -1;
  let least = reach * reach;
  for (let i = Math.max(0, Math.floor(s)); i <= last; i += stride) {
    const square = (xs[i]! - x) * (xs[i]! - x) + (ys[i]! - y) * (ys[i]! - y);
    if (square >= least) continue;
    least = square;
    best = i;
  }
  return best < 0 ? undefined : best;
}

/** Both are ahead of each other, side by side where two ways become one: then the older one goes first. */
function goesFirst(vehicle: Vehicle, own: Pose, { vehicle: it, pose }: Place): boolean {
  const isAhead = (own.x - pose.x) * pose.dx + (own.y - pose.y) * pose.dy > -0.5;
  return isAhead && vehicle.speed < 2 && vehicle.route !== it.route && vehicle.id < it.id;
}
