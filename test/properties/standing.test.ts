import fc from "fast-check";
import { expect, test } from "vitest";
import { createStanding } from "../../src/runtime/scheduler/keys/standing.ts";
import { failureOf, VlmError } from "../../src/vlm/failure.ts";

const reason = new VlmError(failureOf("TMON_VLM_THROTTLED"), "slow down");

test("whatever happens, a standing is never used while it cools, probed by one call at a time, and recovers by itself", () => {
  const event = fc.record({
    what: fc.constantFrom("cool", "fail", "unpaid", "call", "answer", "refuse"),
    afterMs: fc.nat({ max: 20_000 }),
  });
  fc.assert(
    fc.property(fc.array(event, { maxLength: 100 }), (events) => {
      const standing = createStanding(3);
      let now = 0;
      const open: { at: number; probes: boolean }[] = [];
      const call = () => {
        if (standing.waitMs(now) > 0) return false;
        const probes = standing.state(now) === "probing";
        if (probes) expect(open.filter((one) => one.probes)).toEqual([]);
        standing.sent(now);
        open.push({ at: now, probes });
        return true;
      };
      for (const { what, afterMs } of events) {
        now += afterMs;
        if (what === "call") call();
        else if (what === "cool") standing.cool({ now, startedAt: now, reason }, 5_000);
        else if (what === "unpaid") standing.disable({ now, startedAt: now, reason }, { probe: true });
        else if (open.length > 0) {
          const one = open.shift()!;
          if (what === "answer") standing.succeeded(one.at);
          else if (what === "fail") standing.failed({ now, startedAt: one.at, reason });
          standing.ended(one.at);
        }
        if (standing.state(now) === "cooling" || standing.state(now) === "disabled")
          expect(standing.waitMs(now)).toBeGreaterThan(0);
        expect(standing.state(now) === "healthy").toBe(standing.reason() === undefined);
      }
      for (const one of open) {
        standing.succeeded(one.at);
        standing.ended(one.at);
      }
      now += 600_000;
      if (standing.state(now) !== "healthy") {
        open.length = 0;
        expect(call()).toBe(true);
        expect(standing.succeeded(now)).toBe(true);
        standing.ended(now);
      }
      expect([standing.state(now), standing.waitMs(now)]).toEqual(["healthy", 0]);
    }),
  );
});
