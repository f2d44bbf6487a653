import { describe, expect, test } from "vitest";
import type { Box } from "../../src/messages/common.ts";
import { groupRoadUsers } from "../../src/vision/groups.ts";

const rules = { distanceFactor: 1.5, distancePx: undefined, minMembers: 2, maxMembers: 12 };

/** A square object with its centre at (x, y). */
function at(x: number, y: number, { side = 10, name = "car" } = {}) {
  const bbox: Box = [x - side / 2, y - side / 2, x + side / 2, y + side / 2];
  return { class: name, bbox };
}

const row = (count: number, step: number) => Array.from({ length: count }, (_, i) => at(i * step, 0));

describe("groups of road users", () => {
  test("no object and one object make no group", () => {
    expect(groupRoadUsers([], rules)).toEqual([]);
    expect(groupRoadUsers([at(0, 0)], rules)).toEqual([]);
  });

  test("two within 1.5 times the mean of their longer sides are a group, further apart they are not", () => {
    expect(groupRoadUsers([at(0, 0), at(15, 0)], rules)).toEqual([[0, 1]]);
    expect(groupRoadUsers([at(0, 0), at(15.1, 0)], rules)).toEqual([]);
    // Mean of 10 and 30 is 20: within 30.
    expect(groupRoadUsers([at(0, 0), at(30, 0, { side: 30 })], rules)).toEqual([[0, 1]]);
  });

  test("neighbours of neighbours belong together, separate groups stay apart", () => {
    const objects = [at(0, 0), at(500, 0), at(12, 0), at(512, 0), at(24, 0)];
    expect(groupRoadUsers(objects, rules)).toEqual([
      [0, 2, 4],
      [1, 3],
    ]);
  });

  test("lights and signs are never members, nor links between members", () => {
    const light = at(14, 0, { name: "traffic light" });
    const sign = at(1, 0, { name: "stop sign" });
    expect(groupRoadUsers([at(0, 0), light, at(28, 0), sign], rules)).toEqual([]);
  });

  test("groups do not depend on the resolution", () => {
    const objects = Array.from({ length: 60 }, (_, i) =>
      at((i * 7919) % 640, (i * 104729) % 360, { side: 8 + ((i * 31) % 40) }),
    );
    const scaled = objects.map(({ class: name, bbox }) => ({
      class: name,
      bbox: bbox.map((v) => v * 3.7) as Box,
    }));
    const groups = groupRoadUsers(objects, rules);
    expect(groups.length).toBeGreaterThan(1);
    expect(groupRoadUsers(scaled, rules)).toEqual(groups);
  });

  test("a fixed distance in pixels overrides the factor", () => {
    const seed = { ...rules, distancePx: 150 };
    expect(groupRoadUsers([at(0, 0), at(150, 0)], seed)).toEqual([[0, 1]]);
    expect(groupRoadUsers([at(0, 0, { side: 400 }), at(151, 0, { side: 400 })], seed)).toEqual([]);
  });

  test("a chain of 12 stays whole, one of 13 is split at its longest link", () => {
    expect(groupRoadUsers(row(12, 12), rules)).toEqual([[...Array(12).keys()]]);
    // The gap after the fifth is the longest.
    const chain = row(13, 12).map((object, i) => (i < 5 ? object : at(i * 12 + 2, 0)));
    expect(groupRoadUsers(chain, rules)).toEqual([
      [0, 1, 2, 3, 4],
      [5, 6, 7, 8, 9, 10, 11, 12],
    ]);
  });

  test("parts still too long are split again, and a part with one member is gone", () => {
    // 1 + 14 + 5 in one chain: the gap of 14.5 goes first, then that of 14, then the longest in the 14.
    const steps = [14.5, ...Array(6).fill(10), 13, ...Array(6).fill(10), 14, ...Array(4).fill(10)];
    const sum = (values: number[]) => values.reduce((a, b) => a + b, 0);
    const chain = [at(0, 0), ...steps.map((_, i) => at(sum(steps.slice(0, i + 1)), 0))];
    const groups = groupRoadUsers(chain, rules);
    expect(groups.map((members) => members.length)).toEqual([7, 7, 5]);
    expect(groups.flat()).toEqual([...Array(19).keys()].map((i) => i + 1));
  });

  test("sixty objects crowded together become groups of at most 12, each object in at most one", () => {
    const crowd = Array.from({ length: 60 }, (_, i) =>
      at((i % 10) * 9 + (i % 3), Math.floor(i / 10) * 9 + (i % 5)),
    );
    const groups = groupRoadUsers(crowd, rules);
    expect(groups.every((members) => members.length >= 2 && members.length <= 12)).toBe(true);
    expect(new Set(groups.flat()).size).toBe(groups.flat().length);
  });
});
