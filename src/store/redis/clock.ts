import type { Redis } from "ioredis";

export interface StoreClock {
  /** Epoch ms by the server's clock. */
  now(): number;
  /** Server's less ours, ms. */
  offsetMs(): number;
  /** By how much it may be wrong, either way: half the round trip it was measured by, ms. */
  errorMs(): number;
  stop(): void;
}

const everyMs = 10_000;
const samples = 5;

/**
 * The server's clock, by which all replicas agree. Of some samples the one with the shortest round trip counts,
 * halfway through it. Source: F. Cristian, "Probabilistic clock synchronization", 1989.
 */
export async function startClock(redis: Redis): Promise<StoreClock> {
  let best = await measure(redis);
  const timer = setInterval(() => {
    measure(redis)
      .then((measured) => {
        best = measured;
      })
      .catch(() => {});
  }, everyMs);
  return {
    now: () => Math.round(Date.now() + best.offset),
    offsetMs: () => best.offset,
    errorMs: () => best.roundTrip / 2,
    stop: () => clearInterval(timer),
  };
}

async function measure(redis: Redis): Promise<{ roundTrip: number; offset: number }> {
  let best = { roundTrip: Number.POSITIVE_INFINITY, offset: 0 };
  for (let sample = 0; sample < samples; sample++) {
    const sentAt = performance.now();
    const [seconds, micros] = await redis.time();
    const roundTrip = performance.now() - sentAt;
    const server = Number(seconds) * 1000 + Number(micros) / 1000;
    if (roundTrip < best.roundTrip) best = { roundTrip, offset: server - (Date.now() - roundTrip / 2) };
  }
  return best;
}
