import { expect, test } from "vitest";
import { answersOf, atConfidence, averagePrecision } from "../../bench/model/average-precision.ts";
import type { ObjectClass } from "../../src/messages/common.ts";

const floor = { heights: [24, Infinity], visible: 0.6 } as const;
type Box = [number, number, number, number];
const there = (box: Box, visible = 1, name: ObjectClass = "car") => ({ class: name, box, visible });
const seen = (bbox: Box, confidence: number, name: ObjectClass = "car") => ({
  class: name,
  bbox,
  confidence,
});
const left: Box = [0, 0, 40, 40];
const right: Box = [100, 0, 140, 40];

const precisionOf = (objects: ReturnType<typeof there>[], found: ReturnType<typeof seen>[]) =>
  averagePrecision(answersOf([{ objects, found }], "car", floor));

test("all found and nothing else is 1, nothing found is 0, nothing there has no figure", () => {
  expect(precisionOf([there(left), there(right)], [seen(left, 0.9), seen(right, 0.1)])).toBe(1);
  expect(precisionOf([there(left)], [])).toBe(0);
  expect(precisionOf([], [seen(left, 0.9)])).toBeUndefined();
});

test("a wrong answer costs by what is more confident than it", () => {
  const objects = [there(left), there(right)];
  const nowhere: Box = [300, 0, 340, 40];
  expect(precisionOf(objects, [seen(left, 0.9), seen(right, 0.8), seen(nowhere, 0.7)])).toBe(1);
  // Recall up to a half with precision 1 (51 of 101 recalls), the rest with 2 of 3.
  expect(precisionOf(objects, [seen(left, 0.9), seen(nowhere, 0.8), seen(right, 0.7)])).toBeCloseTo(
    (51 + (50 * 2) / 3) / 101,
  );
});

test("an object is found once: a second box of it, a box beside it or another class is wrong", () => {
  const answers = (found: ReturnType<typeof seen>[]) =>
    answersOf([{ objects: [there(left)], found }], "car", floor).answers.map((answer) => answer.right);
  expect(answers([seen(left, 0.8), seen(left, 0.9)])).toEqual([true, false]);
  expect(answers([seen([0, 0, 40, 80], 0.9)])).toEqual([true]);
  expect(answers([seen([0, 0, 40, 81], 0.9)])).toEqual([false]);
  expect(answersOf([{ objects: [there(left)], found: [seen(left, 0.9, "bus")] }], "bus", floor)).toEqual({
    answers: [{ confidence: 0.9, right: false }],
    objects: 0,
  });
});

test("what is small or hidden need not be found, and may be; a box that is too small itself is no answer", () => {
  const hidden = there(left, 0.59);
  const small = there([100, 0, 140, 23]);
  expect(answersOf([{ objects: [hidden, small], found: [] }], "car", floor).objects).toBe(0);
  const found = [seen(left, 0.9), seen([100, 0, 140, 25], 0.9), seen([300, 0, 340, 20], 0.9)];
  expect(answersOf([{ objects: [hidden, small], found }], "car", floor).answers).toEqual([]);
});

test("precision and recall at a confidence are of the answers above it", () => {
  const found = [seen(left, 0.9), seen([300, 0, 340, 40], 0.5), seen(right, 0.2)];
  const answers = answersOf([{ objects: [there(left), there(right)], found }], "car", floor);
  expect(atConfidence(answers, 0.35)).toEqual({ precision: 0.5, recall: 0.5 });
  expect(atConfidence(answers, 0.1).recall).toBe(1);
});
