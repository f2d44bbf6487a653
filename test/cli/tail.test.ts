import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { pino } from "pino";
import { beforeAll, describe, expect, it } from "vitest";
import { openBus } from "../../src/bus/open.ts";
import { loadConfig } from "../../src/config/load.ts";
import { picture, seedDetection, seedMessageId, seedTask } from "../messages/seed-samples.ts";
import { openContext, testConfig } from "../support/context.ts";
import { runTmon, startTmon } from "../support/tmon.ts";
import { temporaryDirectory } from "../support/tmp.ts";
import { until } from "../support/until.ts";

const directory = temporaryDirectory();
const dataDir = join(directory, "data");

/** `count` messages on one partition, their camera in turn cam-1 and cam-2. */
async function write(dataDir: string, count: number): Promise<void> {
  const { config } = loadConfig({ flags: { dataDir }, env: {}, cwd: directory, home: directory });
  const bus = await openBus(config, pino({ level: "silent" }));
  for (let index = 0; index < count; index++) {
    const cameraId = `cam-${(index % 2) + 1}`;
    const value = Buffer.from(JSON.stringify({ cameraId, index }));
    await bus.produce([{ topic: "incidents", key: `incident-${index}`, value, partition: 0 }]);
  }
  await bus.close();
}

interface Line {
  timestamp: number;
  value: { cameraId: string; index: number };
}

function lines(stdout: string): Line[] {
  return stdout
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line));
}

async function tail(...args: string[]): Promise<Line[]> {
  const result = await runTmon([
    "tail",
    "incidents",
    "--data-dir",
    dataDir,
    "--until-end",
    "-o",
    "json",
    ...args,
  ]);
  expect(result).toMatchObject({ exitCode: 0, stderr: expect.not.stringContaining("TMON_") });
  return lines(result.stdout);
}

describe("tail on a bus that holds twelve messages", () => {
  beforeAll(() => write(dataDir, 12));
  const indices = (found: Line[]) => found.map(({ value }) => value.index);

  it("says so where a topic is empty", async () => {
    const { stdout, stderr } = await runTmon(["tail", "dead-letters", "--data-dir", dataDir, "--until-end"]);
    expect({ stdout, stderr }).toEqual({
      stdout: "",
      stderr: expect.stringContaining("no message is there"),
    });
  });

  it("prints all of them", async () => {
    expect(indices(await tail())).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
  });

  it("--camera prints one camera's", async () => {
    expect(indices(await tail("--camera", "cam-2"))).toEqual([1, 3, 5, 7, 9, 11]);
  });

  it("--last prints the last ones", async () => {
    expect(indices(await tail("--last", "3"))).toEqual([9, 10, 11]);
  });

  it("--since prints what is not older", async () => {
    expect(await tail("--since", "1h")).toHaveLength(12);
    expect(await tail("--since", "0s")).toEqual([]);
  });

  it("--from starts at an offset, a time, the beginning or the end", async () => {
    expect(indices(await tail("--from", "10"))).toEqual([10, 11]);
    const time = (await tail()).at(-1)?.timestamp as number;
    expect(indices(await tail("--from", new Date(time).toISOString()))).toContain(11);
    expect(await tail("--from", new Date(time + 1).toISOString())).toEqual([]);
    expect(await tail("--from", "earliest")).toHaveLength(12);
    expect(await tail("--from", "latest")).toEqual([]);
  });

  it("without --until-end it starts with the last ten and waits for more", async () => {
    const following = startTmon(["tail", "incidents", "--data-dir", dataDir, "-o", "json"]);
    await until(() => lines(following.stdout()).length === 10);
    following.kill("SIGINT");
    expect(await following.ended).toMatchObject({ exitCode: 0 });
  });
});

describe("tail on a data directory that is not there", () => {
  it("--until-end says so, ends with 0 and does not make it", async () => {
    const missing = join(directory, "missing");
    const result = await runTmon(["tail", "incidents", "--data-dir", missing, "--until-end"]);
    expect(result).toMatchObject({ exitCode: 0, stdout: "" });
    expect(result.stderr).toContain("nothing has been written there yet");
    expect(existsSync(missing)).toBe(false);
  });

  it("waits for it", async () => {
    const later = join(directory, "later");
    const following = startTmon(["tail", "incidents", "--data-dir", later, "-o", "json"]);
    await following.says("nothing has been written there yet");
    expect(existsSync(later)).toBe(false);
    await write(later, 2);
    await until(() => lines(following.stdout()).length === 2);
    following.kill("SIGTERM");
    expect(await following.ended).toMatchObject({ exitCode: 0 });
  });

  it("a signal ends the waiting", async () => {
    const following = startTmon(["tail", "incidents", "--data-dir", join(directory, "never")]);
    await following.says("nothing has been written there yet");
    following.kill("SIGINT");
    expect(await following.ended).toMatchObject({ exitCode: 0 });
  });
});

describe("tail on topics with pictures", () => {
  const pictured = join(directory, "pictured");
  const images = join(directory, "images");
  const jpeg = Buffer.from(picture, "base64");
  const strange = {
    ...seedTask,
    taskId: "../x/y_group2",
    cameraId: "a/b",
    timestamp: "2026-11-23T08:00:01Z",
  };

  beforeAll(async () => {
    const { context, close } = await openContext(testConfig(pictured));
    const send = (topic: string, message: object, partition: number) =>
      context.bus.produce([{ topic, key: "7", value: Buffer.from(JSON.stringify(message)), partition }]);
    await send("detection-results", seedDetection, 1);
    await send("assessment-tasks", strange, 2);
    await send("assessment-tasks", { ...seedTask, groupImageBase64: "" }, 2);
    await context.bus.produce([{ topic: "dead-letters", key: "7\u001b[2J", value: Buffer.from([0]) }]);
    await close();
  });

  const run = (...args: string[]) => runTmon(["tail", "--data-dir", pictured, "--until-end", ...args]);

  it("--all prints every topic, in a table named and with the age", async () => {
    const { stdout } = await run("--all", "-o", "json");
    const topics = lines(stdout).map((line) => (line as unknown as { topic: string }).topic);
    expect(topics).toEqual(["detection-results", "assessment-tasks", "assessment-tasks", "dead-letters"]);
    const table = (await run("--all", "--last", "1")).stdout.split("\n");
    expect(table).toHaveLength(3);
    expect(table[0]).toMatch(/ [+-]\d\d:\d\d +\S+(ms|s|m) +detection-results +1@0 +7 /);
  });

  it("shortens pictures in a table, never in JSON, and lets no message move the cursor", async () => {
    const { stdout } = await run("--all");
    expect(stdout).toContain("1 group: 2 (car), 1 picture of 1 KB");
    expect(stdout).not.toContain(picture);
    expect(stdout).not.toContain("\u001b");
    expect((await run("detection-results", "-o", "json")).stdout).toContain(picture);
  });

  it("--partition prints one partition's", async () => {
    expect(lines((await run("--all", "--partition", "2", "-o", "json")).stdout)).toHaveLength(2);
    const none = await run("--all", "--partition", "16");
    expect(none.exitCode).toBe(2);
    expect(none.stderr).toContain("TMON_USAGE: there is no partition 16");
  });

  it("--images writes the pictures, by time, camera, message and group, and into that directory alone", async () => {
    const { stderr } = await run("--all", "--images", images);
    expect(stderr).toContain(`2 pictures written to ${images}`);
    expect(readdirSync(images)).toEqual([
      `20261123T080000.123Z_7_${seedMessageId}_group1.jpg`,
      "20261123T080001.000Z_a_b_.._x_y_group2.jpg",
    ]);
    for (const name of readdirSync(images)) expect(readFileSync(join(images, name))).toEqual(jpeg);
  });

  it.each([
    ["below a file", join(pictured, "format", "x")],
    ["in /proc", "/proc/1/x"],
  ])("--images %s cannot be written and is refused", async (_, images) => {
    const { exitCode, stderr } = await run("--all", "--images", images);
    expect(exitCode).toBe(2);
    expect(stderr).toContain("TMON_USAGE: the pictures cannot be written");
  });

  it.each([[[]], [["incidents", "--all"]]])("refuses %j: one topic or all", async (args) => {
    const { exitCode, stderr } = await run(...args);
    expect(exitCode).toBe(2);
    expect(stderr).toContain("TMON_USAGE");
    expect(stderr).toContain("or say --all");
  });
});
