import { poseAt } from "../geometry/path.ts";
import type { Gate } from "../scenes/scene.ts";
import type { Obstacle } from "./driver-model.ts";
import { signalAt } from "./signals.ts";
import { frontOf, poseOf, type Vehicle } from "./vehicle.ts";
import { crossingOf, kerbOf, walkerPose } from "./walker.ts";
import { stepSeconds, timeOf, type World } from "./world.ts";

/** What one brakes with if it must be, m/s²: at a yellow light, for somebody on a crossing. */
const firmBraking = 3;
/** One may still stop up to here past a line, metres: a crossing begins beyond that. */
const tolerance = 1;
const standsBelow = 0.3;
const signSeconds = 1;
/** Seconds at the kerb after which one stops for somebody, and after which one takes it that they will not cross. */
const patience = { from: 0.6, to: 9 };

/** The first gate ahead where this vehicle has to stop. */
export function closedGate(world: World, vehicle: Vehicle): Obstacle | undefined {
  const front = frontOf(vehicle);
  for (const gate of vehicle.route.gates) {
    const gap = gate.s - front;
    if (gap < -tolerance) continue;
    if (gap > 70) return undefined;
    // One stops with the bumper at the line: what the model keeps as gap is taken off.
    if (isClosed(world, vehicle, gate, gap)) return { gap: gap + vehicle.driver.gap - 0.3, speed: 0 };
  }
  return undefined;
}

function isClosed(world: World, vehicle: Vehicle, gate: Gate, gap: number): boolean {
  switch (gate.kind) {
    case "signal":
      return !vehicle.driver.ignoresSignals && isRed(world, vehicle, gate.group, gap);
    case "crossing":
      return !vehicle.driver.ignoresCrossings && mustLetWalk(world, vehicle, gate, gap);
    case "give-way":
      return mustGiveWay(world, vehicle, gate, gap);
  }
}

/** Who cannot stop any more goes on. */
function canStop({ speed }: Vehicle, gap: number): boolean {
  return gap >= -0.1 && (speed * speed) / (2 * firmBraking) <= gap + 0.3;
}

function isRed(world: World, vehicle: Vehicle, group: number, gap: number): boolean {
  const { state, seconds } = signalAt(world.scene.signals!, group, timeOf(world));
  if (state === "green") return false;
  if (gap < 0) return false;
  if (state === "red") return true;
  return canStop(vehicle, gap) || gap / Math.max(vehicle.speed, 0.1) > seconds;
}

/** Somebody walks towards this vehicle's way, or is on it. */
function mustLetWalk(
  world: World,
  vehicle: Vehicle,
  gate: Gate & { kind: "crossing" },
  gap: number,
): boolean {
  if (!canStop(vehicle, gap + tolerance - 0.1)) return false;
  const way = poseAt(vehicle.route.path, gate.centre, vehicle.offset);
  const room = vehicle.look.width / 2 + 2;
  const { group } = world.scene.crossings[gate.crossing]!;
  return world.walkers.some((walker) => {
    const on = crossingOf(walker);
    const at = on ?? kerbOf(walker);
    if (at?.crossing !== gate.crossing) return false;
    const { x, y, dx, dy } = walkerPose(walker);
    // How far they still have to the vehicle's way, negative once they are past it.
    const rest = (way.x - x) * dx + (way.y - y) * dy;
    if (on) return rest > -room && rest < room + 5.5;
    const polite =
      group === undefined &&
      walker.script === undefined &&
      walker.waited > patience.from &&
      walker.waited < patience.to;
    return polite && rest < 9;
  });
}

function mustGiveWay(
  world: World,
  vehicle: Vehicle,
  gate: Gate & { kind: "give-way" },
  gap: number,
): boolean {
  if (gap < -0.4) return false;
  if (gate.sign && !vehicle.passedSign) {
    if (gap < 1.2 && vehicle.speed < standsBelow) vehicle.waited += stepSeconds;
    vehicle.passedSign = vehicle.waited >= signSeconds;
    if (!vehicle.passedSign) return true;
  }
  if (world.reserved.has("give-way")) return true;
  return world.vehicles.some((other) => {
    if (other === vehicle) return false;
    const pose = poseOf(other);
    const half = other.look.length / 2;
    return gate.watch.some(([x, y]) => {
      const along = (x - pose.x) * pose.dx + (y - pose.y) * pose.dy;
      const aside = Math.abs((x - pose.x) * pose.dy - (y - pose.y) * pose.dx);
      return aside < 1.8 && along > -half - 0.5 && along < half + 0.5;
    });
  });
}
