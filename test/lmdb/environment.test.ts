import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test } from "vitest";
import { type Environment, openEnvironment } from "../../src/lmdb/environment.ts";
import { temporaryDirectory } from "../support/tmp.ts";
import { until } from "../support/until.ts";
import { startStoppedHolder } from "./support/stopped-holder.ts";

const directory = temporaryDirectory();
let number = 0;
const newFile = (): string => join(directory, `${number++}.mdb`);

type Durability = Parameters<typeof openEnvironment>[1]["durability"];
const durabilities = ["process", "power", "boot"] as const;

function openForTest(file: string, durability: Durability = "process"): Environment {
  const environment = openEnvironment(file, { durability });
  onTestFinished(() => environment.close());
  return environment;
}

const hasProc = existsSync("/proc/self/stat");

test.each(durabilities)("a write answers its body's value once it is there (%s)", async (durability) => {
  const { root, write, read } = openForTest(newFile(), durability);
  expect(
    await write(() => {
      root.put("key", "value");
      return 7;
    }),
  ).toBe(7);
  expect(read(() => root.get("key"))).toBe("value");
});

test.each(durabilities)("what a body throws comes out as it is (%s)", async (durability) => {
  const { write } = openForTest(newFile(), durability);
  const error = new Error("mine");
  await expect(
    write(() => {
      throw error;
    }),
  ).rejects.toBe(error);
});

test("a read sees what another environment of the file wrote just before", async () => {
  const file = newFile();
  const [one, two] = [openForTest(file), openForTest(file)];
  for (let value = 0; value < 20; value++) {
    await one.write(() => one.root.put("key", value));
    expect(two.read(() => two.root.get("key"))).toBe(value);
  }
});

test.runIf(hasProc)(
  "opening what a stopped process holds locked is refused, by the process's name",
  async () => {
    const file = newFile();
    const holder = await startStoppedHolder(file, "locked");
    expect(() => openEnvironment(file, { durability: "process" })).toThrowError(
      expect.objectContaining({
        code: "TMON_DATA_DIR_BUSY",
        message: expect.stringContaining(`${holder.pid} (`),
      }),
    );
  },
);

test.runIf(hasProc)(
  "a stopped process that has the file open without the lock is in nobody's way",
  async () => {
    const file = newFile();
    await startStoppedHolder(file, "idle");
    const { root, write } = openForTest(file);
    expect(
      await write(() => {
        root.put("key", 1);
        return "written";
      }),
    ).toBe("written");
  },
);

test.runIf(hasProc)(
  "a write that waits for a stopped process says for whom, and goes on with it",
  async () => {
    const file = newFile();
    const { root, write, trouble } = openForTest(file);
    const holder = await startStoppedHolder(file, "locked");
    const writing = write(() => {
      root.put("key", 1);
      return "written";
    });
    const text = await until(() => trouble());
    expect(text).toContain(`${holder.pid} (`);
    expect(text).toContain("stopped");
    holder.kill("SIGCONT");
    expect(await writing).toBe("written");
    expect(trouble()).toBeUndefined();
  },
);

test.runIf(hasProc)("a lock holder that is killed blocks nobody", async () => {
  const file = newFile();
  const { root, write } = openForTest(file);
  const holder = await startStoppedHolder(file, "locked");
  const writing = write(() => {
    root.put("key", 1);
    return "written";
  });
  holder.kill("SIGKILL");
  await once(holder, "exit");
  expect(await writing).toBe("written");
});

test("a process that crashes in the midst of writing ends, and blocks nobody", async () => {
  const file = newFile();
  const { root, write } = openForTest(file);
  const script = fileURLToPath(new URL("./support/crasher.ts", import.meta.url));
  const child = spawn(process.execPath, ["--import", "tsx", script, file], { stdio: "ignore" });
  onTestFinished(() => void child.kill("SIGKILL"));
  const [code, signal] = await once(child, "exit");
  expect(code === 0).toBe(false);
  expect(signal ?? "SIGKILL").toBe("SIGKILL");
  await write(() => root.put("key", 1));
  expect(await write(() => root.get("key-0") > 0)).toBe(true);
});
