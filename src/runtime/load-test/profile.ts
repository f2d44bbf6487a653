export const profileNames = ["steady", "ramp", "spike", "step"] as const;
export type ProfileName = (typeof profileNames)[number];

export interface Profile {
  name: ProfileName;
  /** Messages a second: steady's, and the highest of ramp and spike; of step the first, and what each step adds. */
  rate: number;
  forMs: number;
}

const steps = 10;

export const stepMsOf = ({ forMs }: Profile) => forMs / steps;

/** Messages a second, so long after the start. */
export function rateAt(profile: Profile, ms: number): number {
  const { name, rate, forMs } = profile;
  if (name === "ramp") return (rate * ms) / forMs;
  if (name === "spike") return ms >= 0.4 * forMs && ms < 0.6 * forMs ? rate : rate / 10;
  if (name === "step") return rate * (1 + Math.floor(ms / stepMsOf(profile)));
  return rate;
}

/** Of ten hours of thousandths, and far less than one message. */
const rounding = 1e-6;

/** When each message is to be sent, ms after the start. */
export function* schedule(profile: Profile): Generator<number> {
  let due = 0;
  for (let ms = 0; ms < profile.forMs; ms++) {
    due += rateAt(profile, ms) / 1000;
    for (; due > 1 - rounding; due -= 1) yield ms;
  }
}
