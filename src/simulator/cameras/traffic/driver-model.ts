import { clamp } from "../geometry/vector.ts";
import type { Driver } from "./vehicle.ts";

/** What is ahead in one's way: metres to it, and how fast it goes in the same direction. */
export interface Obstacle {
  readonly gap: number;
  readonly speed: number;
}

/** Tyres and brakes give no more, m/s². */
const hardestBraking = 7.5;

/**
 * Acceleration, m/s². Source: the Intelligent Driver Model (Treiber, Hennecke, Helbing, Congested traffic states
 * in empirical observations and microscopic simulations, 2000).
 * @param wish metres a second
 */
export function accelerationOf(
  driver: Driver,
  speed: number,
  wish: number,
  ahead: Obstacle | undefined,
): number {
  const { acceleration, braking, headway, gap } = driver;
  const share = speed / Math.max(wish, 0.1);
  const free = 1 - share * share * share * share;
  // What is much too fast brakes as one would, not as the fourth power says.
  const onFreeRoad = Math.max(free * acceleration, -1.5 * braking);
  if (!ahead) return onFreeRoad;
  const closing = (speed * (speed - ahead.speed)) / (2 * Math.sqrt(acceleration * braking));
  const wanted = gap + Math.max(0, speed * headway + closing);
  const ratio = wanted / Math.max(ahead.gap, 0.1);
  return clamp(
    Math.min(onFreeRoad, (Math.max(free, 0) - ratio * ratio) * acceleration),
    -hardestBraking,
    acceleration,
  );
}
