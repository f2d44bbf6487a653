import { describe, expect, it } from "vitest";
import { type SceneName, scenes } from "../../../src/config/simulated-camera.ts";
import { dangersOf } from "../../../src/simulator/cameras/camera.ts";
import { gapTo } from "../../../src/simulator/cameras/dangers/pedestrian-conflict.ts";
import { drivesAgainst } from "../../../src/simulator/cameras/dangers/wrong-way.ts";
import { episodeMs, startEpisode } from "../../../src/simulator/cameras/episode.ts";
import { openScene } from "../../../src/simulator/cameras/scenes/open.ts";
import type { Gate, Scene } from "../../../src/simulator/cameras/scenes/scene.ts";
import { signalAt } from "../../../src/simulator/cameras/traffic/signals.ts";
import { frontOf, poseOf, rearOf, type Vehicle } from "../../../src/simulator/cameras/traffic/vehicle.ts";
import { crossingOf } from "../../../src/simulator/cameras/traffic/walker.ts";
import { timeOf, type World } from "../../../src/simulator/cameras/traffic/world.ts";
import type { Danger } from "../../../src/simulator/cameras/truth.ts";

const stepMs = 200;
const cameraOf = (scene: SceneName) => ({ scene, seed: 3, weather: "day" }) as const;

/** A danger seen by somebody who knows no script: at each step of its time, and where it can be told, before it. */
type Witness = (world: World, actors: Vehicle[], danger: Danger) => boolean;

const witnesses: Record<string, Witness> = {
  tailgating: (_, [lead, follower]) =>
    follower!.speed > 5 && gapBetween(lead!, follower!) < 0.6 * follower!.speed,
  stopped_in_lane: ({ scene, vehicles }, [actor]) =>
    actor!.speed < 0.3 && hasNoReasonToStop(scene, vehicles, actor!),
  pedestrian_conflict: ({ walkers }, [car]) =>
    car!.speed >= 1 && walkers.some((walker) => crossingOf(walker) && gapTo(car!, walker) < 1.5),
  wrong_way: ({ scene }, [actor]) => drivesAgainst(scene.routes, actor!),
  red_light: (world, [actor]) => isPastRed(world, actor!),
  lane_change: (_, [actor, victim]) =>
    Math.abs(actor!.offsetSpeed) > 1.5 || gapBetween(actor!, victim!) < 0.6 * victim!.speed,
};

function gapBetween(lead: Vehicle, follower: Vehicle): number {
  const [a, b] = [poseOf(lead), poseOf(follower)];
  const along = (a.x - b.x) * b.dx + (a.y - b.y) * b.dy;
  return along - (lead.look.length + follower.look.length) / 2;
}

function hasNoReasonToStop(scene: Scene, vehicles: readonly Vehicle[], actor: Vehicle): boolean {
  const isBlocked = vehicles.some(
    (other) =>
      other !== actor &&
      other.route === actor.route &&
      other.s > actor.s &&
      rearOf(other) - frontOf(actor) < 6,
  );
  const isBeforeGate = actor.route.gates.some(({ s }) => s > frontOf(actor) && s - frontOf(actor) < 10);
  return scene.routes.includes(actor.route) && !isBlocked && !isBeforeGate;
}

function isPastRed(world: World, actor: Vehicle): boolean {
  const gate = actor.route.gates.find((each): each is Gate & { kind: "signal" } => each.kind === "signal")!;
  const ago = (frontOf(actor) - gate.s) / actor.speed;
  return ago > 0 && signalAt(world.scene.signals!, gate.group, timeOf(world) - ago).state === "red";
}

describe.each(scenes)("dangers of five minutes: %s", (scene) => {
  const camera = cameraOf(scene);
  const dangers = dangersOf(camera, 0, episodeMs);
  const kinds = new Set(dangers.map(({ kind }) => kind));

  it("come again and again, each kind the scene has a place for", () => {
    const places = {
      junction: ["stopped_in_lane", "tailgating"],
      highway: ["lane_change", "stopped_in_lane", "tailgating", "wrong_way"],
      zebra: ["pedestrian_conflict", "stopped_in_lane", "tailgating", "wrong_way"],
      roundabout: ["pedestrian_conflict", "stopped_in_lane", "wrong_way"],
    }[scene];
    expect([...kinds]).toEqual(expect.arrayContaining(places));
    expect(dangers.length).toBeGreaterThan(2);
  });

  it("really are there in their time, and not before", () => {
    const episode = startEpisode(camera, openScene(scene, camera.seed), 0);
    for (const danger of dangers) {
      const [seen, missed] = [[] as number[], [] as number[]];
      for (let at = danger.startMs; at <= danger.endMs && at < episodeMs; at += stepMs) {
        episode.advanceTo(at);
        const actors = danger.objectIds.flatMap(
          (id) => episode.world.vehicles.find((each) => each.id === id) ?? [],
        );
        (witnesses[danger.kind]!(episode.world, actors, danger) ? seen : missed).push(at);
      }
      expect
        .soft({ ...danger, missed: missed.length / (seen.length + missed.length) > 0.1 })
        .toEqual({ ...danger, missed: false });
    }
  });
});

describe("a junction", () => {
  it("has red-light running, on another seed", () => {
    const dangers = dangersOf({ scene: "junction", seed: 1, weather: "day" }, 0, 2 * episodeMs);
    expect(dangers.map(({ kind }) => kind)).toContain("red_light");
  });
});

describe("the list of dangers", () => {
  it("is the same each time, and by the time they begin", () => {
    const camera = cameraOf("zebra");
    const all = dangersOf(camera, 0, episodeMs);
    expect(dangersOf(camera, 0, episodeMs)).toEqual(all);
    const later = dangersOf(camera, all[1]!.startMs, episodeMs);
    expect(later).toEqual(all.slice(1));
    for (const { startMs, endMs } of all) expect(endMs).toBeGreaterThanOrEqual(startMs);
  });
});
