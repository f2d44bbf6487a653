import type { SignalPlan } from "../scenes/scene.ts";

export type SignalState = "red" | "yellow" | "green";

/** What a group of signals shows at a time in seconds, and for how long still. */
export function signalAt(
  plan: SignalPlan,
  group: number,
  time: number,
): { state: SignalState; seconds: number } {
  const { phase, into } = phaseAt(plan, time);
  const { green, seconds } = plan.phases[phase]!;
  if (!green.includes(group)) return { state: "red", seconds: 0 };
  if (into < seconds) return { state: "green", seconds: seconds - into };
  if (into < seconds + plan.yellow) return { state: "yellow", seconds: seconds + plan.yellow - into };
  return { state: "red", seconds: 0 };
}

export function cycleSeconds({ phases, yellow, allRed }: SignalPlan): number {
  return phases.reduce((sum, { seconds }) => sum + seconds + yellow + allRed, 0);
}

/** Seconds until a group's yellow next turns red. */
export function untilRed(plan: SignalPlan, group: number, time: number): number {
  const cycle = cycleSeconds(plan);
  let end = 0;
  for (const { seconds, green } of plan.phases) {
    end += seconds + plan.yellow;
    if (green.includes(group)) break;
    end += plan.allRed;
  }
  const wait = end - time;
  return wait - cycle * Math.floor(wait / cycle);
}

function phaseAt(plan: SignalPlan, time: number): { phase: number; into: number } {
  const cycle = cycleSeconds(plan);
  let into = time - cycle * Math.floor(time / cycle);
  for (const [phase, { seconds }] of plan.phases.entries()) {
    const whole = seconds + plan.yellow + plan.allRed;
    if (into < whole) return { phase, into };
    into -= whole;
  }
  return { phase: 0, into: 0 };
}
