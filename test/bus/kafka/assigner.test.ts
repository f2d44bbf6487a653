import { expect, test } from "vitest";
import { type Claim, share } from "../../../src/bus/kafka/assigner.ts";

const member = (id: string, partitions: number[], options: Partial<Claim> = {}) => ({
  id,
  claims: partitions.map((partition) => ({ partition, since: 1, busy: false, ...options })),
});

const shared = (...args: Parameters<typeof share>) => Object.fromEntries(share(...args));

test("what nobody claims is shared out evenly", () => {
  const shares = shared([member("a", []), member("b", []), member("c", [])], 16);
  expect(Object.values(shares).map(({ partitions }) => partitions.length)).toEqual([6, 5, 5]);
  expect(
    Object.values(shares)
      .flatMap(({ partitions }) => partitions)
      .sort((a, b) => a - b),
  ).toEqual(Array.from({ length: 16 }, (_, index) => index));
});

test("a member that joins gets its share of idle partitions at once, the others keep theirs", () => {
  expect(shared([member("a", [0, 1, 2, 3]), member("b", [])], 4)).toEqual({
    a: { partitions: [0, 1], draining: [] },
    b: { partitions: [2, 3], draining: [] },
  });
});

test("a partition at work stays where it is, to be drained", () => {
  const busy = { busy: true };
  expect(shared([member("a", [0, 1, 2, 3], busy), member("b", [])], 4)).toEqual({
    a: { partitions: [0, 1, 2, 3], draining: [2, 3] },
    b: { partitions: [], draining: [] },
  });
});

test("of two that claim a partition, the one that got it last has it", () => {
  const shares = shared([member("back", [0, 1]), member("heir", [0, 1], { since: 2, busy: true })], 2);
  expect(shares.heir?.partitions).toEqual([0, 1]);
  expect(shares.back?.partitions).toEqual([]);
});

test("nothing moves once it is even, whatever is at work", () => {
  const members = [member("a", [1, 3], { busy: true }), member("b", [0, 2])];
  expect(shared(members, 4)).toEqual({
    a: { partitions: [1, 3], draining: [] },
    b: { partitions: [0, 2], draining: [] },
  });
});
