import type { Redis } from "ioredis";

export interface StoreClock {
  /** Epoch ms by the server's clock. */
  now(): number;
  /** Server's less ours, ms. */
  offsetMs(): number;
  stop(): void;
}

const everyMs = 10_000;
const samples = 5;

/**
 * The server's clock, by which all replicas agree. Of some samples the one with the shortest round trip counts,
 * halfway through it. Source: F. Cristian, "Probabilistic clock synchronization", 1989.
 */
export async function startClock(redis: Redis): Promise<StoreClock> {
  let offset = await measure(redis);
  const timer = setInterval(() => {
    measure(redis)
      .then((measured) => {
        offset = measured;
      })
      .catch(() => {});
  }, everyMs);
  return {
    now: () => Math.round(Date.now() + offset),
    offsetMs: () => offset,
    stop: () => clearInterval(timer),
  };
}

async function measure(redis: Redis): Promise<number> {
  let best = { roundTrip: Number.POSITIVE_INFINITY, offset: 0 };
  for (let sample = 0; sample < samples; sample++) {
    const sentAt = performance.now();
    const [seconds, micros] = await redis.time();
    const roundTrip = performance.now() - sentAt;
    const server = Number(seconds) * 1000 + Number(micros) / 1000;
    if (roundTrip < best.roundTrip) best = { roundTrip, offset: server - (Date.now() - roundTrip / 2) };
  }
  return best.offset;
}
