import { describe, expect, test } from "vitest";
import { seededRandom } from "../../src/simulator/random.ts";
import { createLimiter, type Limiter } from "../../src/simulator/vlm/limiter.ts";

/** Arrives; what it is told. */
function arrive(limiter: Limiter, now: number, tokens = 1) {
  const refusal = limiter.refusal(tokens, now);
  if (!refusal) limiter.take(tokens, now);
  return refusal ?? "taken";
}

const arrivals = (limiter: Limiter, times: number[]) => times.map((now) => arrive(limiter, now));

describe("requests a minute", () => {
  test("are refused while the last 60 s hold the limit, and not a moment longer", () => {
    const limiter = createLimiter({ rpm: 2, qps: "off" });
    expect(arrivals(limiter, [0, 30_000, 59_999, 60_000, 89_999, 90_000])).toEqual([
      "taken",
      "taken",
      "limit_requests",
      "taken",
      "limit_requests",
      "taken",
    ]);
  });

  test("whenever requests come, no 60 s hold more, and none is refused that has room", () => {
    const rpm = 7;
    const random = seededRandom(5);
    const limiter = createLimiter({ rpm, qps: "off" });
    const taken: number[] = [];
    let now = 0;
    for (let arrival = 0; arrival < 5000; arrival++) {
      now += random() < 0.1 ? 20_000 * random() : 3000 * random();
      const held = taken.filter((time) => time > now - 60_000).length;
      expect(arrive(limiter, now)).toBe(held < rpm ? "taken" : "limit_requests");
      if (held < rpm) taken.push(now);
    }
  });
});

describe("requests a second", () => {
  test("are a sixtieth of the minute's", () => {
    const limiter = createLimiter({ rpm: 120 });
    expect(arrivals(limiter, [0, 1, 999, 1000])).toEqual(["taken", "taken", "limit_requests", "taken"]);
  });

  test("are as many as told", () => {
    expect(arrivals(createLimiter({ rpm: 120, qps: 3 }), [0, 0, 0, 0])[3]).toBe("limit_requests");
    expect(arrivals(createLimiter({ rpm: 120, qps: "off" }), [0, 0, 0, 0])[3]).toBe("taken");
  });
});

describe("tokens", () => {
  test("of a minute are refused where they would be more than the limit", () => {
    const limiter = createLimiter({ tpm: 1000, tps: "off" });
    expect(arrive(limiter, 0, 600)).toBe("taken");
    expect(arrive(limiter, 1, 401)).toBe("insufficient_quota");
    expect(arrive(limiter, 2, 400)).toBe("taken");
    expect(arrive(limiter, 59_999, 1)).toBe("insufficient_quota");
    expect(arrive(limiter, 60_000, 600)).toBe("taken");
  });

  test("of a second come back as it passes", () => {
    const limiter = createLimiter({ tpm: 60_000 });
    expect(arrive(limiter, 0, 700)).toBe("taken");
    expect(arrive(limiter, 100, 700)).toBe("insufficient_quota");
    expect(arrive(limiter, 400, 700)).toBe("taken");
  });

  test("of one request may be more than a second's, and are paid for by waiting", () => {
    const limiter = createLimiter({ tpm: 60_000 });
    expect(arrive(limiter, 0, 3000)).toBe("taken");
    expect(arrive(limiter, 2900, 3000)).toBe("insufficient_quota");
    expect(arrive(limiter, 3000, 3000)).toBe("taken");
  });
});

test("a rate that rises faster than double is limit_burst_rate, though there is quota", () => {
  const limiter = createLimiter({ rpm: 6000, burst: 5 });
  const second = (from: number, count: number) =>
    new Set(
      arrivals(
        limiter,
        Array.from({ length: count }, (_, index) => from + index),
      ),
    );
  expect(second(0, 5)).toEqual(new Set(["taken"]));
  expect(second(1500, 15)).toEqual(new Set(["taken"]));
  expect(second(3000, 36)).toEqual(new Set(["taken", "limit_burst_rate"]));
});

test("requests open at a time are refused until one of them ends", () => {
  const limiter = createLimiter({ concurrency: 2 });
  expect(arrivals(limiter, [0, 0, 0])).toEqual(["taken", "taken", "Throttling"]);
  limiter.ended();
  expect(arrivals(limiter, [0, 0])).toEqual(["taken", "Throttling"]);
});
