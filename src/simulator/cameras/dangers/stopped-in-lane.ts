import type { Route } from "../scenes/scene.ts";
import { frontOf } from "../traffic/vehicle.ts";
import { stepSeconds } from "../traffic/world.ts";
import { byId, type Script, type Stage, shuffled, spanOf } from "./script.ts";

const stopsForSeconds = 14;
/** m/s². */
const braking = 2.2;
/** Metres between it and where there is a reason to stop. */
const awayFromGates = { before: 16, after: 15 };

/** A vehicle stops on the open road with its warning lights on, for a while. */
export const stageStoppedInLane: Stage = (world, random) => {
  const places = shuffled(random, world.scene.routes).flatMap((route) => {
    const span = spanOf(world.scene, route);
    if (!span || route.mix.car === undefined) return [];
    const free = Array.from({ length: Math.floor(span.to - span.from) }, (_, i) => span.from + i).filter(
      (s) => isOpen(route, s),
    );
    const s = free[free.length >> 1];
    return s === undefined ? [] : [{ route, s }];
  });
  if (places.length === 0) return undefined;
  let id: number | undefined;
  let stood = 0;

  const script: Script = {
    step() {
      const vehicle = byId(world, id);
      if (id !== undefined && !vehicle) return true;
      if (!vehicle) {
        id = choose();
        return false;
      }
      if (vehicle.speed < 0.3) stood += stepSeconds;
      if (stood < stopsForSeconds) return false;
      vehicle.driver.stopAt = undefined;
      vehicle.hazard = false;
      return vehicle.speed > 2;
    },
    holds() {
      const vehicle = byId(world, id);
      return vehicle?.hazard === true && vehicle.speed < 0.3;
    },
    actors: () => (id === undefined ? [] : [id]),
  };

  /** Somebody who can still stop there, without anybody to stop for. */
  function choose(): number | undefined {
    for (const { route, s } of places) {
      for (const vehicle of world.vehicles) {
        if (vehicle.route !== route || vehicle.kind === "bicycle" || vehicle.kind === "motorcycle") continue;
        const rest = s - frontOf(vehicle);
        const needed = (vehicle.speed * vehicle.speed) / (2 * braking);
        if (vehicle.speed < 4 || rest < needed || rest > needed + 25) continue;
        const isFollowing = world.vehicles.some(
          (other) => other.route.entry === route.entry && other.s > vehicle.s && other.s < s + 14,
        );
        if (isFollowing) continue;
        vehicle.driver.stopAt = s;
        vehicle.hazard = true;
        return vehicle.id;
      }
    }
    return undefined;
  }
  return script;
};

function isOpen({ gates, limits, speed }: Route, s: number): boolean {
  const index = Math.floor(s);
  const isNoSharpBend = (limits[index] ?? 0) > 0.45 * speed;
  return (
    isNoSharpBend &&
    gates.every((gate) => gate.s - s > awayFromGates.before || s - gate.s > awayFromGates.after)
  );
}
