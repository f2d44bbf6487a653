import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { expect, test } from "vitest";
import { isAlive, ownIdentity, processState } from "../../src/lmdb/process-identity.ts";

test("this process is alive", () => {
  expect(isAlive(ownIdentity)).toBe(true);
});

test("a process is alive until it ends", async () => {
  const child = spawn("sleep", ["60"]);
  await once(child, "spawn");
  const identity = { ...ownIdentity, pid: child.pid!, startTime: processState(child.pid!)?.startTime ?? "" };
  expect(isAlive(identity)).toBe(true);
  child.kill("SIGKILL");
  await once(child, "exit");
  expect(isAlive(identity)).toBe(false);
});

test.runIf(existsSync("/proc/self/stat"))("a later process with the same pid is another one", () => {
  expect(isAlive({ ...ownIdentity, startTime: "1" })).toBe(false);
});

test("a process of an earlier boot is gone", () => {
  expect(isAlive({ ...ownIdentity, bootId: "another" })).toBe(false);
});
