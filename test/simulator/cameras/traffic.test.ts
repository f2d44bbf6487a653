import { describe, expect, it } from "vitest";
import { scenes } from "../../../src/config/simulated-camera.ts";
import { gapTo } from "../../../src/simulator/cameras/dangers/pedestrian-conflict.ts";
import { accelerationOf } from "../../../src/simulator/cameras/traffic/driver-model.ts";
import { signalAt } from "../../../src/simulator/cameras/traffic/signals.ts";
import { frontOf, usualDriver, vehicleKinds } from "../../../src/simulator/cameras/traffic/vehicle.ts";
import { crossingOf, walkerPose } from "../../../src/simulator/cameras/traffic/walker.ts";
import { advance, stepSeconds, timeOf } from "../../../src/simulator/cameras/traffic/world.ts";
import { collide, worldOf } from "./support.ts";

const tenMinutes = 600 / stepSeconds;

describe("the driver model", () => {
  const driver = usualDriver("car", 1);

  it("keeps the wished speed on a free road, and comes to it", () => {
    expect(accelerationOf(driver, 12, 12, undefined)).toBeCloseTo(0, 9);
    expect(accelerationOf(driver, 0, 12, undefined)).toBeCloseTo(driver.acceleration, 9);
  });

  it("follows at headway and gap, as the model's equilibrium says", () => {
    const speed = 8;
    const gap = (driver.gap + speed * driver.headway) / Math.sqrt(1 - (speed / 12) ** 4);
    expect(accelerationOf(driver, speed, 12, { gap, speed })).toBeCloseTo(0, 6);
  });

  it("brakes the harder, the nearer what stands ahead is", () => {
    const at = (gap: number) => accelerationOf(driver, 12, 12, { gap, speed: 0 });
    expect(at(20)).toBeLessThan(at(40));
    expect(at(40)).toBeLessThan(0);
  });
});

describe.each(scenes)("ten minutes of traffic: %s", (scene) => {
  const world = worldOf(scene, 11);
  const kinds = new Set<string>();
  let [collisions, runOver, ranRed, gone, walked] = [0, 0, 0, 0, 0];
  let before = new Map<number, number>();

  for (let step = 0; step < tenMinutes; step++) {
    advance(world);
    const { vehicles, walkers } = world;
    for (const [index, vehicle] of vehicles.entries()) {
      kinds.add(vehicle.kind);
      for (const other of vehicles.slice(index + 1)) if (collide(vehicle, other)) collisions++;
      for (const walker of walkers)
        if (crossingOf(walker) && vehicle.speed > 0.5 && gapTo(vehicle, walker) < 0.3) runOver++;
      const front = frontOf(vehicle);
      for (const gate of vehicle.route.gates) {
        if (gate.kind !== "signal") continue;
        const crossed = (before.get(vehicle.id) ?? front) < gate.s && front >= gate.s;
        const { state } = signalAt(world.scene.signals!, gate.group, timeOf(world));
        if (crossed && state === "red") ranRed++;
      }
    }
    const now = new Map(vehicles.map((vehicle) => [vehicle.id, frontOf(vehicle)]));
    gone += [...before.keys()].filter((id) => !now.has(id)).length;
    walked = Math.max(walked, walkers.filter((walker) => crossingOf(walker) && walkerPose(walker)).length);
    before = now;
  }

  it("no two vehicles touch", () => expect(collisions).toBe(0));
  it("nobody on a crossing is run over", () => expect(runOver).toBe(0));
  it("nobody drives on at a red light", () => expect(ranRed).toBe(0));
  it("flows: vehicles come through, and the road does not fill up", () => {
    expect(gone).toBeGreaterThan(60);
    expect(world.vehicles.length).toBeLessThan(60);
  });
  it("has all kinds of vehicles, and people where there are crossings", () => {
    const missing = { highway: ["bicycle"], roundabout: ["bus"], zebra: [], junction: [] }[scene];
    for (const kind of vehicleKinds) if (!missing.includes(kind as never)) expect(kinds).toContain(kind);
    if (world.scene.crossings.length > 0) expect(walked).toBeGreaterThan(0);
  });
});
