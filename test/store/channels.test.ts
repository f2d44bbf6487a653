import { join } from "node:path";
import { pino } from "pino";
import { expect, onTestFinished, test } from "vitest";
import { openEnvironment } from "../../src/lmdb/environment.ts";
import { createChannels } from "../../src/store/embedded/channels.ts";
import { temporaryDirectory } from "../support/tmp.ts";

test("pruning removes what is older than 10 s, and never the last message: its number is where the next one's comes from", async () => {
  const file = join(temporaryDirectory(), "store.mdb");
  const environment = openEnvironment(file, { durability: "process" });
  onTestFinished(() => environment.close());
  const channels = createChannels(environment, pino({ level: "silent" }));
  onTestFinished(() => channels.close());
  const { root, read, write } = environment;
  const numbers = () =>
    read(() => [...root.openDB("published", { encoding: "binary", compression: true }).getKeys()]);

  await write(() => {
    for (const at of [0, 1_000, 2_000, 3_000]) channels.append("camera:a", "picture", at);
  });
  expect(read(() => channels.anyOld(9_999))).toBe(false);
  await write(() => channels.prune(11_000));
  expect(numbers()).toEqual([3, 4]);
  expect(read(() => channels.anyOld(11_000))).toBe(false);
  await write(() => channels.prune(60_000));
  expect(numbers()).toEqual([4]);
  expect(read(() => channels.anyOld(60_000))).toBe(false);
  await write(() => channels.append("camera:a", "picture", 60_000));
  expect(numbers()).toEqual([4, 5]);
});
