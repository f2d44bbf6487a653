import { expect, test } from "vitest";
import { type Assignment, drainMs, rebalance } from "../../src/bus/rebalance.ts";

const free = (count: number): Assignment[] => Array.from({ length: count }, () => ({ owner: "", epoch: 0 }));

const owners = (partitions: readonly Assignment[]): Record<string, number> => {
  const counts: Record<string, number> = {};
  for (const { owner } of partitions) counts[owner] = (counts[owner] ?? 0) + 1;
  return counts;
};

/** Every owner drains at once. */
const drained = (partitions: readonly Assignment[]): Assignment[] =>
  partitions.map((one) => (one.handover ? { owner: one.handover.to, epoch: one.epoch + 1 } : one));

test("a first member gets everything at once", () => {
  const after = rebalance(free(16), ["a"], 0);
  expect(owners(after)).toEqual({ a: 16 });
  expect(after.every(({ epoch }) => epoch === 1)).toBe(true);
});

test("a new member takes only its share, and only after the owner has drained", () => {
  const before = rebalance(free(16), ["a"], 0);
  const after = rebalance(before, ["a", "b"], 5);
  expect(owners(after)).toEqual({ a: 16 });
  expect(after.filter(({ handover }) => handover?.to === "b")).toHaveLength(8);
  expect(owners(drained(after))).toEqual({ a: 8, b: 8 });
});

test("a third member moves no partition between the first two", () => {
  const two = drained(rebalance(rebalance(free(16), ["a"], 0), ["a", "b"], 0));
  const three = drained(rebalance(two, ["a", "b", "c"], 0));
  expect(Object.values(owners(three)).sort()).toEqual([5, 5, 6]);
  three.forEach((one, index) => {
    if (one.owner !== "c") expect(one).toEqual(two[index]);
  });
});

test("a gone member's partitions go on at once, in a new epoch", () => {
  const two = drained(rebalance(rebalance(free(16), ["a"], 0), ["a", "b"], 0));
  const one = rebalance(two, ["b"], 1);
  expect(owners(one)).toEqual({ b: 16 });
  one.forEach((now, index) => {
    expect(now.epoch).toBe(two[index]!.owner === "b" ? two[index]!.epoch : two[index]!.epoch + 1);
  });
});

test("an owner that does not drain loses the partition after a while", () => {
  const waiting = rebalance(rebalance(free(2), ["a"], 0), ["a", "b"], 1_000);
  expect(owners(rebalance(waiting, ["a", "b"], 1_000 + drainMs))).toEqual({ a: 2 });
  expect(owners(rebalance(waiting, ["a", "b"], 1_001 + drainMs))).toEqual({ a: 1, b: 1 });
});

test("a new member that goes away again leaves everything as it was", () => {
  const before = rebalance(free(16), ["a"], 0);
  expect(rebalance(rebalance(before, ["a", "b"], 0), ["a"], 1)).toEqual(before);
});

test("more members than partitions leave some idle, and nothing moves for ever", () => {
  const members = ["a", "b", "c", "d", "e"];
  const settled = drained(rebalance(free(3), members, 0));
  expect(Object.values(owners(settled))).toEqual([1, 1, 1]);
  expect(rebalance(settled, members, 1)).toEqual(settled);
});

test("without members nothing changes hands", () => {
  expect(owners(rebalance(rebalance(free(4), ["a"], 0), [], 1))).toEqual({ "": 4 });
});
