import fc from "fast-check";
import { expect, test } from "vitest";
import { type CountedCall, callsOf, roomInMs, unitsOf } from "../../src/store/room.ts";
import type { QuotaLimit } from "../../src/store/store.ts";

const windowMs = 60_000;
const limitArbitrary = fc.record({
  requests: fc.integer({ min: 1, max: 30 }),
  tokens: fc.integer({ min: 500, max: 20_000 }),
});
/** Calls wanted: after how long, and how many tokens each. */
const wishesArbitrary = fc.array(
  fc.record({ afterMs: fc.integer({ min: 0, max: 5_000 }), tokens: fc.integer({ min: 1, max: 1_500 }) }),
  { minLength: 1, maxLength: 200 },
);

/** Each call waits as long as it is told, on a clock of its own. */
function grantAll(limits: readonly QuotaLimit[], wishes: readonly { afterMs: number; tokens: number }[]) {
  const granted: CountedCall[] = [];
  let now = 0;
  for (const { afterMs, tokens } of wishes) {
    now += afterMs;
    for (let waitMs = 1; waitMs > 0; now += Math.ceil(waitMs))
      waitMs = Math.max(0, ...limits.map((limit) => roomInMs(limit, callsOf(granted), tokens, now)));
    granted.push({ at: now, tokens });
  }
  return granted;
}

/** The most that any window sliding over the calls held. */
function worstWindow(limit: QuotaLimit, calls: readonly CountedCall[]): number {
  return Math.max(
    ...calls.map(({ at }) =>
      calls
        .filter((call) => call.at > at - limit.windowMs && call.at <= at)
        .reduce((sum, call) => sum + unitsOf(limit, call), 0),
    ),
  );
}

test("no sliding minute holds more than its limit, and who waits as told is granted", () => {
  fc.assert(
    fc.property(limitArbitrary, wishesArbitrary, ({ requests, tokens }, wishes) => {
      const limits: QuotaLimit[] = [
        { unit: "requests", limit: requests, windowMs },
        { unit: "tokens", limit: Math.max(tokens, 1_500), windowMs },
      ];
      const granted = grantAll(limits, wishes);
      for (const limit of limits) expect(worstWindow(limit, granted)).toBeLessThanOrEqual(limit.limit);
      expect(granted).toHaveLength(wishes.length);
    }),
  );
});

test("a bucket of tokens lets through no more in any time than it holds and leaks", () => {
  fc.assert(
    fc.property(fc.integer({ min: 100, max: 5_000 }), wishesArbitrary, (limit, wishes) => {
      const bucket: QuotaLimit = { unit: "token_bucket", limit, windowMs: 1_000 };
      const granted = grantAll([bucket], wishes);
      const holds = Math.max(limit, ...wishes.map(({ tokens }) => tokens));
      for (const [from, first] of granted.entries()) {
        let sum = 0;
        for (const { at, tokens } of granted.slice(from)) {
          sum += tokens;
          expect(sum).toBeLessThanOrEqual(holds + ((at - first.at) * limit) / 1_000 + 1e-6);
        }
      }
    }),
  );
});
