import { type Pose, poseAt } from "../geometry/path.ts";
import type { Walkway } from "../scenes/scene.ts";
import type { PersonLook } from "./looks.ts";

/** Somebody on foot. */
export interface Walker {
  readonly id: number;
  readonly look: PersonLook;
  readonly walkway: Walkway;
  /** Metres along the walkway. */
  s: number;
  /** To the left of it, metres. */
  readonly offset: number;
  /** Metres a second, as they like to walk, and as they do. */
  readonly pace: number;
  speed: number;
  /** Metres walked: moves the legs. */
  walked: number;
  /** Seconds at a kerb. */
  waited: number;
  /** A script says when they cross, where they stop on the road, and before which vehicle they are not careful. */
  script: { go: boolean; holdAt: number | undefined; ignores: number | undefined } | undefined;
}

export function walkerPose({ walkway, s, offset }: Walker): Pose {
  return poseAt(walkway.path, s, offset);
}

/** The crossing they are on, with how far they are along the walkway. */
export function crossingOf({ walkway, s }: Walker): Walkway["crossings"][number] | undefined {
  return walkway.crossings.find(({ enter, leave }) => s > enter && s < leave);
}

/** The crossing they stand before. */
export function kerbOf({ walkway, s }: Walker): Walkway["crossings"][number] | undefined {
  return walkway.crossings.find(({ enter }) => s <= enter && s > enter - 1);
}
