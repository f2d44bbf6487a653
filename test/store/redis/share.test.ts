import { describe, expect, it } from "vitest";
import { partOf, roomInShareMs } from "../../../src/store/redis/share.ts";

const requests = (limit: number, windowMs = 1000) => ({ unit: "requests" as const, limit, windowMs });
const callsAt = (...times: number[]) => times.map((at) => ({ at, tokens: 10 }));

describe("a replica's part of a limit", () => {
  it("makes up the limit with those of the others, however the partitions lie", () => {
    for (const limit of [1, 3, 10, 16, 17, 300, 1_000_000])
      for (const group of ["key:one", "key:two", "account/model"])
        for (const taken of [1, 5, 8, 15]) {
          const all = Array.from({ length: 16 }, (_, partition) => partition);
          const mine = all.filter((partition) => (partition * 7) % 16 < taken);
          const others = all.filter((partition) => !mine.includes(partition));
          const parts = [mine, others].map((partitions) => partOf(limit, { partitions, of: 16 }, group));
          expect(parts[0]! + parts[1]!).toBe(limit);
        }
  });

  it("is nothing without partitions, and all with all", () => {
    expect(partOf(300, { partitions: [], of: 4 }, "g")).toBe(0);
    expect(partOf(300, { partitions: [0, 1, 2, 3], of: 4 }, "g")).toBe(300);
  });

  it("of the single calls of many keys does not all fall to the same", () => {
    const half = { partitions: [0, 1], of: 4 };
    const parts = ["key:1", "key:2", "key:3", "key:4"].map((group) => partOf(1, half, group));
    expect(new Set(parts)).toEqual(new Set([0, 1]));
  });
});

describe("a replica by its share", () => {
  const half = { partitions: [0, 1], of: 4 };
  const own = (since: number, ...times: number[]) => ({ group: "g", since, calls: callsAt(...times) });

  it("sends in its first window no more than it had sent in the one before", () => {
    const since = 10_000;
    const lately = own(since, 9_100, 9_800);
    expect(roomInShareMs(requests(20), lately, 10, half, 10_050)).toBe(50);
    expect(roomInShareMs(requests(20), lately, 10, half, 10_150)).toBe(0);
    expect(roomInShareMs(requests(20), own(since, 9_100, 9_800, 10_150), 10, half, 10_160)).toBe(640);
    expect(roomInShareMs(requests(20), own(since), 10, half, 10_100)).toBe(900);
  });

  it("sends its part in every later window", () => {
    const since = 10_000;
    const nine = Array.from({ length: 9 }, (_, n) => 11_100 + n);
    expect(roomInShareMs(requests(20), own(since, ...nine), 10, half, 11_200)).toBe(0);
    expect(roomInShareMs(requests(20), own(since, ...nine, 11_150), 10, half, 11_200)).toBe(900);
  });

  it("counts tokens alike, and sends no call that is larger than its part", () => {
    const limit = { unit: "tokens" as const, limit: 100, windowMs: 1000 };
    expect(roomInShareMs(limit, own(0, 5_000), 40, half, 5_500)).toBe(0);
    expect(roomInShareMs(limit, own(0, 5_000), 41, half, 5_500)).toBe(500);
    expect(roomInShareMs(limit, own(0), 51, half, 5_500)).toBeGreaterThan(0);
  });
});
