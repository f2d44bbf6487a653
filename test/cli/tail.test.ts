import { existsSync } from "node:fs";
import { join } from "node:path";
import { pino } from "pino";
import { beforeAll, describe, expect, it } from "vitest";
import { openBus } from "../../src/bus/open.ts";
import { loadConfig } from "../../src/config/load.ts";
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
