import fc from "fast-check";
import { expect, test } from "vitest";
import { createTracker } from "../../src/bus/tracker.ts";

type Step = { do: "take" } | { do: "acknowledge" | "abandon"; which: number } | { do: "crash" | "reclaim" };

const stepArbitrary: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: fc.constant<Step>({ do: "take" }) },
  {
    weight: 6,
    arbitrary: fc.record({ do: fc.constant("acknowledge" as const), which: fc.nat({ max: 50 }) }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("abandon" as const), which: fc.nat({ max: 50 }) }) },
  { weight: 1, arbitrary: fc.constant<Step>({ do: "reclaim" }) },
  { weight: 1, arbitrary: fc.constant<Step>({ do: "crash" }) },
);

test("whatever crashes and is given back, each message is done once what is left is worked off, and none done is repeated", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 60 }),
      fc.array(stepArbitrary, { maxLength: 300 }),
      (count, steps) => {
        let tracker = createTracker({ watermark: 0, acknowledged: "" });
        let inFlight: number[] = [];
        const done = new Set<number>();

        function take(): boolean {
          while (tracker.position() < count && !tracker.isOpen(tracker.position()))
            tracker.passOver(tracker.position());
          const offset = tracker.position();
          if (offset >= count) return false;
          expect(done.has(offset)).toBe(false);
          expect(inFlight).not.toContain(offset);
          tracker.handOut(offset);
          inFlight.push(offset);
          return true;
        }
        function acknowledge(which: number): void {
          const [offset] = inFlight.splice(which % Math.max(1, inFlight.length), 1);
          if (offset !== undefined && tracker.acknowledge(offset)) done.add(offset);
        }
        function abandon(which: number): void {
          const [offset] = inFlight.splice(which % Math.max(1, inFlight.length), 1);
          if (offset !== undefined) tracker.abandon(offset);
        }
        /** What was committed last is all that is left. */
        function crash(): void {
          tracker = createTracker({ watermark: tracker.watermark(), acknowledged: tracker.acknowledged() });
          inFlight = [];
        }

        for (const step of steps) {
          if (step.do === "take") take();
          else if (step.do === "acknowledge") acknowledge(step.which);
          else if (step.do === "abandon") abandon(step.which);
          else if (step.do === "reclaim") tracker.reclaim();
          else crash();
          expect(tracker.watermark()).toBeLessThanOrEqual(count);
          for (let offset = 0; offset < tracker.watermark(); offset++) expect(done.has(offset)).toBe(true);
        }
        tracker.reclaim();
        for (;;) {
          while (inFlight.length > 0) acknowledge(0);
          if (!take()) break;
        }
        expect([...done].sort((a, b) => a - b)).toEqual(Array.from({ length: count }, (_, offset) => offset));
        expect(tracker.watermark()).toBe(count);
      },
    ),
  );
});
