import { once } from "node:events";
import { mkdtempSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { execa } from "execa";
import { Redis } from "ioredis";
import { pino } from "pino";
import { afterAll, describe, test } from "vitest";
import { type Leases, shareCameras } from "../../../src/runtime/detector/leases.ts";
import { openStore } from "../../../src/store/open.ts";
import type { Store } from "../../../src/store/store.ts";
import { openStoreAt } from "../../store/redis/support.ts";
import { testConfig } from "../../support/context.ts";
import { lacks } from "../../support/machine.ts";
import { startRedis } from "../../support/redis.ts";
import { temporaryDirectory } from "../../support/tmp.ts";
import { until } from "../../support/until.ts";
import { always, bareCamera } from "./leases-support.ts";

interface Detector {
  leases: Leases;
  /** Ids of the cameras it plays. */
  plays(): string[];
  lines: string[];
}

const directory = temporaryDirectory();
const releases: (() => Promise<void>)[] = [];
afterAll(async () => {
  for (const release of releases.splice(0).reverse()) await release();
});

/** A store of its own, or this one, and detectors on it. */
async function openSite(given?: Store) {
  const dataDir = mkdtempSync(join(directory, "site-"));
  const store = given ?? (await openStore(testConfig(dataDir), pino({ level: "silent" })));
  releases.push(() => store.close());
  const players = new Map<string, number>();
  let mostPlayers = 0;
  let held: { step: string; until(): Promise<void> } | undefined;

  /** The store, where a step of a detector may be held. */
  const asSeenBy = (instance: string) =>
    new Proxy(store, {
      get(_, name: keyof Store) {
        if (!["claimLease", "increment", "list", "set"].includes(name)) return store[name];
        return async (...asked: unknown[]) => {
          if (held && `${instance} ${name} ${asked[0]}`.startsWith(held.step)) await held.until();
          return (store[name] as (...asked: unknown[]) => unknown)(...asked);
        };
      },
    });

  return {
    /** The most that ever played one camera at once. */
    mostPlayers: () => mostPlayers,

    detector(instance: string, ...ids: string[]): Detector {
      const lines: string[] = [];
      const write = (line: string) => void lines.push(JSON.parse(line).msg);
      const cameras = ids.map((id) =>
        bareCamera(id, (playing) => {
          players.set(id, (players.get(id) ?? 0) + (playing ? 1 : -1));
          mostPlayers = Math.max(mostPlayers, ...players.values());
        }),
      );
      const context = { store: asSeenBy(instance), log: pino({}, { write }), instance };
      const leases = shareCameras(context, always(cameras));
      releases.push(() => leases.release());
      return { leases, lines, plays: () => ids.filter((_, index) => cameras[index]?.held()) };
    },

    /** One in a process of its own that was killed when it had its cameras. */
    async killedDetector(instance: string, ...ids: string[]): Promise<void> {
      const program = fileURLToPath(new URL("leases-child.ts", import.meta.url));
      const child = execa(process.execPath, ["--import", "tsx", program, dataDir, instance, ...ids], {
        reject: false,
      });
      releases.push(async () => void child.kill("SIGKILL"));
      await once(child.stdout, "data");
      child.kill("SIGKILL");
      await child;
    },

    /** Acts before the next such step, as "first list tmon:lease:"; resolves when it has. */
    before(step: string, act: () => Promise<void>): Promise<void> {
      return new Promise((resolve) => {
        let acting: Promise<void> | undefined;
        const until = () => {
          acting ??= act().finally(resolve);
          return acting;
        };
        held = { step, until };
      });
    },

    /** All at once, as a flush does; or what one detector said and holds, as when it ran out. */
    async forget(instance?: string): Promise<void> {
      const isOf = (whose: string) => instance === undefined || whose === instance;
      const entries = await store.list("tmon:");
      const gone = entries.filter(({ key, value }) => isOf(`${value}`) || isOf(key.split(":").at(-1)!));
      await Promise.all(gone.map(({ key }) => store.delete(key)));
    },

    /** Waits until each of them had another look at the shares. */
    async lookAgain(...instances: string[]): Promise<void> {
      const since = store.now();
      const looked = async (instance: string) => {
        const wish = await store.get(`tmon:camera-wishes:${instance}`);
        return wish && JSON.parse(`${wish}`).at > since;
      };
      await Promise.all(instances.map((instance) => until(() => looked(instance))));
    },
  };
}

test.concurrent("detectors with different cameras each keep all of their own", async ({ expect }) => {
  const site = await openSite();
  const first = site.detector("first", "a", "b", "c", "d");
  await first.leases.settled;
  const second = site.detector("second", "e", "f");
  await second.leases.settled;
  await site.lookAgain("first", "second");
  await site.lookAgain("first", "second");
  expect(first.plays()).toEqual(["a", "b", "c", "d"]);
  expect(second.plays()).toEqual(["e", "f"]);
  expect([...first.lines, ...second.lines]).toEqual([]);
});

test.concurrent("one that joins gets its share of the same cameras, and no camera plays twice", async ({
  expect,
}) => {
  const site = await openSite();
  const ids = ["a", "b", "c", "d", "e", "f"];
  const first = site.detector("first", ...ids);
  await first.leases.settled;
  expect(first.plays()).toEqual(ids);
  const second = site.detector("second", ...ids);
  await until(() => first.plays().length === 3 && second.plays().length === 3);
  const third = site.detector("third", ...ids);
  await until(() => [first, second, third].every((detector) => detector.plays().length === 2));
  expect([first, second, third].flatMap((detector) => detector.plays()).sort()).toEqual(ids);
  expect(site.mostPlayers()).toBe(1);
});

test.concurrent("of cameras that overlap only a common one changes hands, to who has fewer", async ({
  expect,
}) => {
  const site = await openSite();
  const first = site.detector("first", "a", "b", "c", "d");
  await first.leases.settled;
  const second = site.detector("second", "d", "e");
  await until(() => second.plays().length === 2);
  await site.lookAgain("first", "second");
  expect(first.plays()).toEqual(["a", "b", "c"]);
  expect(second.plays()).toEqual(["d", "e"]);
});

test.concurrent("one whose cameras are all another's says who has them, and when it gets them", async ({
  expect,
}) => {
  const site = await openSite();
  const first = site.detector("first", "cam-1");
  await first.leases.settled;
  const second = site.detector("second", "cam-1");
  await second.leases.settled;
  expect(second.plays()).toEqual([]);
  expect(second.leases.trouble()).toBe("none of its cameras is its own, cam-1 is detector first's");
  expect(first.leases.trouble()).toBeUndefined();
  await site.lookAgain("second");
  expect(second.lines).toEqual([
    "camera cam-1 is detector first's: waiting until that gives it up, or is dead for 6 s",
  ]);

  await first.leases.release();
  await until(() => second.plays().length === 1);
  expect(second.leases.trouble()).toBeUndefined();
  expect(second.lines.slice(1)).toEqual(["camera cam-1 is this detector's now"]);
});

test.concurrent("a killed one's cameras go on at another that wants them", async ({ expect }) => {
  const site = await openSite();
  const survivor = site.detector("survivor", "a", "b");
  await survivor.leases.settled;
  await site.killedDetector("killed", "c", "d");
  const other = site.detector("other", "b", "c", "d");
  await until(() => survivor.plays().length + other.plays().length === 4);
  expect([...survivor.plays(), ...other.plays()].sort()).toEqual(["a", "b", "c", "d"]);
});

/** Two that share four cameras. */
async function openShared(store?: Store) {
  const site = await openSite(store);
  const ids = ["a", "b", "c", "d"];
  const first = site.detector("first", ...ids);
  await first.leases.settled;
  const second = site.detector("second", ...ids);
  const plays = () => [first.plays(), second.plays()];
  await until(() => plays().every(({ length }) => length === 2));
  return { ...site, first, plays };
}

/** When the store forgets, the step before which it does, and the second's that then waits for the first. */
const forgettings = [
  ["while one says what it wants", "first set tmon:camera-wishes:", "second set tmon:camera-wishes:"],
  ["while one reads the shares", "first list tmon:lease:", "second set tmon:camera-wishes:"],
  ["between two rounds", "second set tmon:camera-wishes:", "second claimLease camera:"],
] as const;
test.concurrent.for(forgettings)(
  "after the store forgot everything %s each keeps what it plays, and no camera plays twice",
  async ([, step, late], { expect }) => {
    const { first, plays, ...site } = await openShared();
    const played = plays();
    let lateStep: Promise<void> | undefined;
    await site.before(step, async () => {
      await site.forget();
      lateStep = site.before(late, () => first.leases.look());
    });
    await lateStep;
    await site.lookAgain("first", "second");
    await site.lookAgain("first", "second");
    expect(plays()).toEqual(played);
    expect(site.mostPlayers()).toBe(1);
  },
);

test.concurrent("after the store was away for one each keeps what it plays, though the other's leases ran out", async ({
  expect,
}) => {
  const { first, plays, ...site } = await openShared();
  const played = plays();
  let lateStep: Promise<void> | undefined;
  await site.before("first list tmon:lease:", async () => {
    await site.forget("second");
    lateStep = site.before("second set tmon:camera-wishes:", () => first.leases.look());
    throw new Error("away");
  });
  await lateStep;
  await site.lookAgain("first", "second");
  expect(plays()).toEqual(played);
  expect(site.mostPlayers()).toBe(1);
});

describe.skipIf(lacks("redis"))("on Redis", () => {
  test.concurrent("after a flush each keeps what it plays, and no camera plays twice", async ({
    expect,
    onTestFinished,
  }) => {
    const redis = await startRedis();
    releases.push(redis.stop);
    const client = new Redis(redis.url);
    onTestFinished(() => client.disconnect());
    const { plays, ...site } = await openShared(await openStoreAt(redis.url));
    const played = plays();
    await client.flushall();
    // Until after the time they have to say what they hold.
    for (let looks = 0; looks < 4; looks++) await site.lookAgain("first", "second");
    expect(plays()).toEqual(played);
    expect(site.mostPlayers()).toBe(1);
  });
});

test.concurrent("a restart after a kill is not settled before it has its cameras back", async ({
  expect,
}) => {
  const site = await openSite();
  await site.killedDetector("before", "a", "b");
  const after = site.detector("after", "a", "b");
  await until(() => after.lines.length === 2);
  expect(after.plays()).toEqual([]);
  await after.leases.settled;
  expect(after.plays()).toEqual(["a", "b"]);
});
