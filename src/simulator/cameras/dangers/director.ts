import { hashOf, seededRandom } from "../../random.ts";
import { timeOf, type World } from "../traffic/world.ts";
import { stageLaneChange } from "./lane-change.ts";
import { stagePedestrianConflict } from "./pedestrian-conflict.ts";
import { stageRedLight } from "./red-light.ts";
import { type Script, type ScriptedKind, type Stage, shuffled } from "./script.ts";
import { stageStoppedInLane } from "./stopped-in-lane.ts";
import { stageTailgating } from "./tailgating.ts";
import { stageWrongWay } from "./wrong-way.ts";

/** A danger that happened, or is happening; times are seconds of the world. */
export interface WorldDanger {
  readonly kind: ScriptedKind;
  readonly from: number;
  to: number;
  readonly objectIds: readonly number[];
}

/** Lets one danger after another happen. */
export interface Director {
  /** Before each step of the world. */
  before(): void;
  /** After each step. */
  after(): void;
  readonly dangers: readonly WorldDanger[];
}

const stages: Record<ScriptedKind, Stage> = {
  tailgating: stageTailgating,
  stopped_in_lane: stageStoppedInLane,
  pedestrian_conflict: stagePedestrianConflict,
  lane_change: stageLaneChange,
  red_light: stageRedLight,
  wrong_way: stageWrongWay,
};
export const scriptedKinds = Object.keys(stages) as ScriptedKind[];

/** Seconds between two dangers, and after which one that does not come about is given up. */
const pause = 4;
const patience = 130;

/** @param from seconds of the world at which the first one is prepared */
export function createDirector(world: World, seed: number, from: number): Director {
  const random = seededRandom(hashOf(`dangers ${seed}`));
  const dangers: WorldDanger[] = [];
  let queue: ScriptedKind[] = [];
  let current: { kind: ScriptedKind; script: Script; since: number } | undefined;
  let nextAt = from;

  function begin(now: number): void {
    for (let tries = 0; tries < scriptedKinds.length && !current; tries++) {
      if (queue.length === 0) queue = shuffled(random, scriptedKinds);
      const kind = queue.shift()!;
      const script = stages[kind](world, random);
      if (script) current = { kind, script, since: now };
    }
  }

  return {
    dangers,
    before() {
      const now = timeOf(world);
      if (!current && now >= nextAt) begin(now);
      if (!current) return;
      if (!current.script.step() && now - current.since < patience) return;
      world.reserved.clear();
      current = undefined;
      nextAt = now + pause;
    },
    after() {
      if (!current?.script.holds()) return;
      const now = timeOf(world);
      const last = dangers.at(-1);
      // A moment's interruption is none.
      if (last && last.kind === current.kind && last.from >= current.since && now - last.to < 1)
        last.to = now;
      else dangers.push({ kind: current.kind, from: now, to: now, objectIds: current.script.actors() });
    },
  };
}
