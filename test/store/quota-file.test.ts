import { existsSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test, vi } from "vitest";
import { openQuotaFile } from "../../src/store/embedded/quota-file.ts";
import { temporaryDirectory } from "../support/tmp.ts";

const machine = vi.hoisted(() => ({ upSeconds: 0 }));
vi.mock("node:os", async (original) => ({
  ...(await original<typeof import("node:os")>()),
  uptime: () => machine.upSeconds,
}));

function openAfter(dataDir: string, upSeconds: number) {
  machine.upSeconds = upSeconds;
  const quotas = openQuotaFile(dataDir);
  onTestFinished(() => quotas.close());
  return quotas;
}

const minute = { group: "g", limits: [{ unit: "requests" as const, limit: 1, windowMs: 60_000 }] };
const second = { group: "h", limits: [{ unit: "requests" as const, limit: 1, windowMs: 1_000 }] };

function withEarlierFile(ageSeconds = 3_600): { dataDir: string; earlier: string } {
  const dataDir = temporaryDirectory();
  const earlier = join(dataDir, "quotas-of-another-boot.mdb");
  // Cut short by a power cut, say: it must not be opened.
  writeFileSync(earlier, "torn");
  const writtenAt = Date.now() / 1_000 - ageSeconds;
  utimesSync(earlier, writtenAt, writtenAt);
  return { dataDir, earlier };
}

test("soon after a start of the machine nothing is granted before the earlier calls have left the window", async () => {
  const { dataDir, earlier } = withEarlierFile();
  const quotas = openAfter(dataDir, 5);
  expect(await quotas.reserve(minute)).toEqual({ granted: false, retryAfterMs: 55_000 });
  expect(await quotas.reserve(second)).toMatchObject({ granted: true });
  expect(existsSync(earlier)).toBe(true);

  machine.upSeconds = 60;
  expect(await quotas.reserve(minute)).toMatchObject({ granted: true });
});

test("who comes later soon after a start of the machine waits too, though the first one has a file by then", async () => {
  const { dataDir } = withEarlierFile();
  await openAfter(dataDir, 5).reserve(second);
  expect(await openAfter(dataDir, 10).reserve(minute)).toEqual({ granted: false, retryAfterMs: 50_000 });
});

test("what was written on another machine is waited out too", async () => {
  const { dataDir } = withEarlierFile(20);
  const quotas = openAfter(dataDir, 3_600);
  const grant = await quotas.reserve(minute);
  expect(grant).toMatchObject({ granted: false });
  expect(grant.granted || grant.retryAfterMs).toBeLessThanOrEqual(40_000);
  expect(await quotas.reserve(second)).toMatchObject({ granted: true });
});

test("a machine that made no calls before grants at once", async () => {
  expect(await openAfter(temporaryDirectory(), 5).reserve(minute)).toMatchObject({ granted: true });
});

test("the file of an earlier start is removed once it says nothing any more", async () => {
  const { dataDir, earlier } = withEarlierFile();
  expect(await openAfter(dataDir, 3_600).reserve(minute)).toMatchObject({ granted: true });
  expect(existsSync(earlier)).toBe(false);
});

test("what was granted counts for whoever opens it again", async () => {
  const dataDir = temporaryDirectory();
  const first = openQuotaFile(dataDir);
  expect(await first.reserve(minute)).toMatchObject({ granted: true });
  await first.close();
  expect(await openAfter(dataDir, 5).reserve(minute)).toMatchObject({ granted: false });
});
