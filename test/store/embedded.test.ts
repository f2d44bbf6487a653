import { statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { execa } from "execa";
import { open as openLmdb } from "lmdb";
import { pino } from "pino";
import { describe, expect, it, vi } from "vitest";
import { openEmbeddedStore } from "../../src/store/embedded/store.ts";
import { temporaryDirectory } from "../support/tmp.ts";
import { until } from "../support/until.ts";
import { storeContract } from "./contract.ts";

const log = pino({ level: "silent" });
const open = (dataDir: string) => openEmbeddedStore({ dataDir, log });

storeContract("embedded", () => {
  const dataDir = temporaryDirectory();
  return { open: () => open(dataDir) };
});

it("the embedded store's windows hold and pass when the clock is set back by an hour", async () => {
  const store = await open(temporaryDirectory());
  const ask = () => store.reserve({ group: "g", limits: [{ unit: "requests", limit: 1, windowMs: 1_000 }] });
  vi.useFakeTimers({ toFake: ["Date"] });
  try {
    expect(await ask()).toMatchObject({ granted: true });
    vi.setSystemTime(Date.now() - 3_600_000);
    expect(await ask()).toMatchObject({ granted: false });
    vi.setSystemTime(Date.now() + 1_001);
    expect(await ask()).toMatchObject({ granted: true });
  } finally {
    vi.useRealTimers();
    await store.close();
  }
});

describe("the embedded store among several processes", () => {
  const child = fileURLToPath(new URL("reserving-child.ts", import.meta.url));
  const startChild = (dataDir: string) => {
    const args = ["--import", "tsx", child, dataDir];
    return execa(process.execPath, args, { reject: false, stdin: "ignore" });
  };

  it("never grants more than the quota, one of them killed and replaced", async () => {
    const dataDir = temporaryDirectory();
    const store = await open(dataDir);
    const granted: { asked: number; told: number }[] = [];
    const end = await store.subscribe("granted", (_, message) => {
      const [asked = 0, told = 0] = message.split(" ").map(Number);
      granted.push({ asked, told });
    });
    const first = startChild(dataDir);
    const second = startChild(dataDir);
    await until(() => granted.length > 20);
    first.kill("SIGKILL");
    await first;
    const third = startChild(dataDir);
    const before = granted.length;
    await until(() => granted.length > before + 40);
    second.kill("SIGKILL");
    third.kill("SIGKILL");
    await Promise.all([second, third]);

    // However long the children waited for their turn: these were granted within the window for certain.
    for (const { asked: start } of granted) {
      const within = granted.filter(({ asked, told }) => asked >= start && told < start + 500);
      expect(within.length).toBeLessThanOrEqual(10);
    }
    await end();
    await store.close();
  });

  it("hears what another process publishes, and keeps what a killed one had set", async () => {
    const dataDir = temporaryDirectory();
    const store = await open(dataDir);
    const heard: string[] = [];
    const end = await store.subscribe("granted", (_, message) => heard.push(message));
    const publisher = startChild(dataDir);
    await until(() => heard.length > 0);
    publisher.kill("SIGKILL");
    await publisher;
    expect((await store.get("reserving"))?.toString()).toBe("yes");
    await end();
    await store.close();
  });
});

/** Entries in the file, expired ones included, as another process would see them. */
function entriesIn(dataDir: string): number {
  const root = openLmdb(join(dataDir, "store.mdb"), { noSubdir: true, maxDbs: 16, readOnly: true });
  const count = root.openDB("entries", { encoding: "binary", compression: true }).getCount();
  root.close();
  return count;
}

describe("the embedded store's file", () => {
  it("is swept as fast as entries come: many more than one sweep removes do not heap up", async () => {
    const dataDir = temporaryDirectory();
    const store = await open(dataDir);
    const setMany = () =>
      Promise.all(Array.from({ length: 3000 }, () => store.set(`s:${Math.random()}`, "x", { ttlMs: 1 })));
    await setMany();
    await until(() => entriesIn(dataDir) === 0);
    await store.close();
  });

  it("stops growing: what has expired makes room for what comes", async () => {
    const dataDir = temporaryDirectory();
    const store = await open(dataDir);
    const value = Buffer.alloc(30_000, 1);
    const sizeAfterRound = async () => {
      for (let n = 0; n < 100; n++) await store.set(`frame:${Math.random()}`, value, { ttlMs: 1 });
      return statSync(join(dataDir, "store.mdb")).size;
    };
    let size = 0;
    let steadyRounds = 0;
    await until(async () => {
      const next = await sizeAfterRound();
      steadyRounds = next === size ? steadyRounds + 1 : 0;
      size = next;
      return steadyRounds === 5;
    });
    await store.close();
  });
});
