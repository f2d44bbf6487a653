import fc from "fast-check";
import { expect, test } from "vitest";
import { createWindow, type Reservation } from "../../src/store/embedded/window.ts";

const stepArbitrary = fc.oneof(
  fc.record({ do: fc.constant("add" as const), ms: fc.integer({ min: 0, max: 50 }), slotMs: fc.nat(100) }),
  fc.record({ do: fc.constant("remove" as const), pick: fc.nat(1_000) }),
  fc.record({ do: fc.constant("end" as const), pick: fc.nat(1_000), tokens: fc.option(fc.nat(500)) }),
  fc.record({ do: fc.constant("forget" as const), ageMs: fc.integer({ min: 0, max: 200 }) }),
  fc.record({ do: fc.constant("clock set back" as const), ms: fc.integer({ min: 1, max: 100 }) }),
);

/** The same with plain objects. */
const rowsOf = (stored: Buffer): Reservation[] => {
  const numbers = new Float64Array(new Uint8Array(stored).buffer);
  return Array.from({ length: numbers.length / 4 }, (_, index) => {
    const [at, tokens, id, openUntil] = numbers.subarray(4 * index) as unknown as [
      number,
      number,
      number,
      number,
    ];
    return { at, tokens, id, openUntil };
  });
};

test("a window of bare numbers holds what a list of reservations would", () => {
  fc.assert(
    fc.property(fc.array(stepArbitrary, { maxLength: 400 }), (steps) => {
      // Read and written by turns, as from the file.
      const window = createWindow();
      let stored: Buffer | undefined;
      let model: Reservation[] = [];
      let now = 1_000;
      let id = 0;
      for (const step of steps) {
        window.read(stored);
        if (step.do === "add") {
          now += step.ms;
          const added = { at: now, tokens: id % 7, id: ++id, openUntil: step.slotMs ? now + step.slotMs : 0 };
          window.add(added);
          model = [...model, added];
        } else if (step.do === "forget") {
          window.forget(now - step.ageMs, now);
          model = model.filter((one) => one.at > now - step.ageMs || one.openUntil > now);
        } else if (step.do === "clock set back") {
          now -= step.ms;
          expect(window.bringBack(now)).toBe(model.some(({ at }) => at > now));
          model = model.map((one) => ({ ...one, at: Math.min(one.at, now) }));
        } else if (model.length > 0) {
          const picked = model[step.pick % model.length]!;
          const index = window.find(picked.id);
          if (step.do === "remove") expect(window.remove(index)).toEqual(picked);
          else window.end(index, step.tokens ?? undefined);
          const ended = step.do === "end" && {
            ...picked,
            tokens: step.tokens ?? picked.tokens,
            openUntil: 0,
          };
          model = model.flatMap((one) => (one === picked ? ended || [] : one));
        }
        expect(window.length).toBe(model.length);
        expect(window.open(now)).toBe(model.filter(({ openUntil }) => openUntil > now).length);
        expect(window.latestId()).toBe(Math.max(0, ...model.map((one) => one.id)));
        expect(window.find(-1)).toBe(-1);
        // lmdb's memory is longer than it says.
        stored = Object.defineProperty(Buffer.concat([window.bytes(), Buffer.alloc(100)]), "length", {
          value: window.bytes().length,
        });
        expect(rowsOf(window.bytes())).toEqual(model);
      }
    }),
  );
});
