import { isOn } from "../scenes/route.ts";
import { signalAt } from "./signals.ts";
import { frontOf, poseOf, rearOf } from "./vehicle.ts";
import { kerbOf, type Walker } from "./walker.ts";
import { stepSeconds, timeOf, type World } from "./world.ts";

/** People do not step in front of who would have to brake harder, m/s², or is this near, metres. */
const fairBraking = 2.2;
const tooNear = 3;
/** Who stands so little past the line, metres, stands before the crossing. */
const beyondLine = 1;

export function moveWalkers(world: World): void {
  for (const walker of world.walkers) {
    const kerb = kerbOf(walker);
    const waits = kerb !== undefined && !mayCross(world, walker, kerb);
    const held = walker.script?.holdAt !== undefined && walker.s >= walker.script.holdAt;
    walker.speed = waits || held ? 0 : walker.pace;
    walker.waited = waits ? walker.waited + stepSeconds : 0;
    walker.s += walker.speed * stepSeconds;
    walker.walked += walker.speed * stepSeconds;
  }
  world.walkers = world.walkers.filter(({ s, walkway }) => s < walkway.path.length);
}

type Part = Walker["walkway"]["crossings"][number];

function mayCross(world: World, walker: Walker, { crossing, enter, leave }: Part): boolean {
  const { script } = walker;
  if (script) return script.go && isSafe(world, crossing, script.ignores);
  const { group } = world.scene.crossings[crossing]!;
  if (group !== undefined) {
    const { state, seconds } = signalAt(world.scene.signals!, group, timeOf(world));
    if (state !== "green" || seconds + world.scene.signals!.yellow < (leave - enter) / walker.pace)
      return false;
  }
  return isSafe(world, crossing);
}

/** All who come towards the crossing can stop before it, and nobody is on it. */
function isSafe(world: World, index: number, ignores?: number): boolean {
  const crossing = world.scene.crossings[index]!;
  return world.vehicles.every((vehicle) => {
    if (vehicle.id === ignores) return true;
    const { x, y } = poseOf(vehicle);
    if (isOn(crossing, [x, y], -0.5)) return false;
    const gate = vehicle.route.gates.find((each) => each.kind === "crossing" && each.crossing === index);
    if (gate?.kind !== "crossing" || rearOf(vehicle) > gate.centre + crossing.width / 2 + 0.3) return true;
    const rest = gate.s - frontOf(vehicle);
    if (vehicle.speed < 0.5 && rest > -beyondLine) return true;
    return rest > tooNear && (vehicle.speed * vehicle.speed) / (2 * fairBraking) < rest;
  });
}
