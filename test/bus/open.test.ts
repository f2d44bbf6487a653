import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pino } from "pino";
import { expect, test } from "vitest";
import { openBus } from "../../src/bus/open.ts";
import type { Config } from "../../src/config/config.ts";
import { startStoppedHolder } from "../lmdb/support/stopped-holder.ts";
import { temporaryDirectory } from "../support/tmp.ts";

const directory = temporaryDirectory();

function open(dataDir: string) {
  const bus = {
    kind: "embedded",
    durability: "process",
    retentionMs: 60_000,
    retentionBytes: 1_000_000,
  } as const;
  const topics = { incidents: { name: "our-incidents", partitions: 16 } };
  return openBus({ dataDir, bus, topics } as unknown as Config, pino({ level: "silent" }));
}

test("the configured topics are there, by their configured names", async () => {
  const bus = await open(join(directory, "topics"));
  expect(bus.kind).toBe("embedded");
  expect(await bus.describeTopics(["our-incidents"])).toHaveLength(16);
  await bus.close();
  await bus.close();
});

test("a data directory that cannot be made, or is of a newer format, is refused", async () => {
  writeFileSync(join(directory, "file"), "");
  await expect(open(join(directory, "file", "data"))).rejects.toMatchObject({
    code: "TMON_DATA_DIR_UNWRITABLE",
  });
  mkdirSync(join(directory, "newer"));
  writeFileSync(join(directory, "newer", "format"), "999");
  await expect(open(join(directory, "newer"))).rejects.toMatchObject({ code: "TMON_DATA_DIR_NEWER" });
});

test.runIf(existsSync("/proc/self/stat"))(
  "a bus that a stopped process holds locked does not hang the start",
  async () => {
    const dataDir = join(directory, "held");
    await (await open(dataDir)).close();
    const holder = await startStoppedHolder(join(dataDir, "bus.mdb"), "locked");
    await expect(open(dataDir)).rejects.toMatchObject({
      code: "TMON_DATA_DIR_BUSY",
      message: expect.stringContaining(`${holder.pid} (`),
    });
  },
);
