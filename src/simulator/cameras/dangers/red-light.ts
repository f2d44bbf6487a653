import { poseAt } from "../geometry/path.ts";
import { sees } from "../geometry/pinhole.ts";
import type { Gate, Route } from "../scenes/scene.ts";
import { signalAt, untilRed } from "../traffic/signals.ts";
import { frontOf } from "../traffic/vehicle.ts";
import { stepSeconds, timeOf } from "../traffic/world.ts";
import { addCar, byId, isSeen, type Script, type Stage, shuffled } from "./script.ts";

/** It comes to the line so long after the light turned red, seconds. */
const late = 1.2;
const speed = 9.5;
/** From the line to the far side of the junction, metres. */
const across = 38;

type Signal = Gate & { kind: "signal" };
const signalOf = ({ gates }: Route) => gates.find((gate): gate is Signal => gate.kind === "signal");

/** A car that crosses the line after its light has turned red, and drives on. */
export const stageRedLight: Stage = (world, random) => {
  const { scene } = world;
  const isInView = (route: Route, gate: Signal) => {
    const { x, y } = poseAt(route.path, gate.s + 8);
    return sees(scene.camera, [x, y], 20);
  };
  const route = shuffled(random, scene.routes).find((each) => {
    const gate = signalOf(each);
    return gate && each.mix.car !== undefined && Math.min(...each.limits) > speed && isInView(each, gate);
  });
  const gate = route && signalOf(route);
  if (!route || !gate || !scene.signals) return undefined;
  const { signals } = scene;
  world.reserved.add(route.entry);
  let id: number | undefined;
  let ranRed = false;

  const script: Script = {
    step() {
      const vehicle = byId(world, id);
      if (id !== undefined && !vehicle) return true;
      if (vehicle) {
        const isRed = signalAt(signals, gate.group, timeOf(world)).state === "red";
        const front = frontOf(vehicle);
        ranRed ||= isRed && front > gate.s && front < gate.s + 4;
        return false;
      }
      const travel = gate.s / speed;
      const due = untilRed(signals, gate.group, timeOf(world)) - (travel - late);
      const isFree = !world.vehicles.some(
        (other) => other.route.entry === route.entry && other.s < gate.s + 6,
      );
      if (Math.abs(due) > stepSeconds / 2 || !isFree) return false;
      const added = addCar(world, route, { s: 0, speed }, { ignoresSignals: true });
      added.s = -added.look.length / 2;
      id = added.id;
      world.reserved.delete(route.entry);
      return false;
    },
    holds() {
      const vehicle = byId(world, id);
      if (!vehicle || !ranRed || !isSeen(scene.camera, vehicle)) return false;
      return frontOf(vehicle) < gate.s + across;
    },
    actors: () => (id === undefined ? [] : [id]),
  };
  return script;
};
