import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import type { Delivery } from "../../src/bus/bus.ts";
import { openContext, testConfig } from "../support/context.ts";
import { runTmon, startTmon } from "../support/tmon.ts";
import { temporaryDirectory } from "../support/tmp.ts";
import { until } from "../support/until.ts";

const directory = temporaryDirectory();
const dataDir = join(directory, "data");

const lag = (...args: string[]) => runTmon(["lag", "--data-dir", dataDir, ...args]);

interface Look {
  worst: { group: string; lag: number };
  groups: {
    group: string;
    topic: string;
    lag: number;
    oldestUnreadMs: number | null;
    partitions: { partition: number; committed: number; end: number; lag: number }[];
  }[];
}

const looks = (stdout: string): Look[] =>
  stdout
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line));

/** Five tasks on partition 3, of which the scheduler's group has done the first two and the fourth. */
beforeAll(async () => {
  const { context, close } = await openContext(testConfig(dataDir));
  const value = Buffer.from("{}");
  for (let index = 0; index < 5; index++)
    await context.bus.produce([{ topic: "assessment-tasks", key: "cam-1", value, partition: 3 }]);
  const deliveries: Delivery[] = [];
  const consumer = await context.bus.consume({
    group: "tmon-scheduler",
    topics: ["assessment-tasks"],
    deliver: (delivery) => deliveries.push(delivery),
  });
  await until(() => deliveries.length === 5);
  for (const { offset, acknowledge } of deliveries) if ([0, 1, 3].includes(offset)) acknowledge();
  await consumer.stop();
  await close();
});

describe("lag", () => {
  it("counts what each group has not acknowledged, and since when", async () => {
    const { exitCode, stdout } = await lag("-o", "json");
    const [look] = looks(stdout);
    expect(exitCode).toBe(0);
    expect(look?.worst).toEqual({ group: "tmon-scheduler", lag: 2 });
    expect(look?.groups.map(({ group, topic, lag: count }) => [group, topic, count])).toEqual([
      ["tmon-generator", "detection-results", 0],
      ["tmon-scheduler", "assessment-tasks", 2],
      ["tmon-aggregator", "detection-results", 0],
      ["tmon-aggregator", "risk-assessment-results", 0],
    ]);
    const scheduler = look?.groups[1];
    expect(scheduler?.oldestUnreadMs).toBeGreaterThan(0);
    expect(look?.groups[0]?.oldestUnreadMs).toBeNull();
    expect(scheduler?.partitions).toHaveLength(16);
    expect(scheduler?.partitions[3]).toMatchObject({ partition: 3, committed: 2, end: 5, lag: 2 });
  });

  it("shows the groups, and of the partitions those with something to do", async () => {
    const { stdout } = await lag();
    const [groups = "", partitions = ""] = stdout.split("\n\n");
    expect(groups.split("\n")).toHaveLength(5);
    expect(groups).toMatch(/^tmon-scheduler +assessment-tasks +2 +\d/m);
    expect(groups).toMatch(/^tmon-generator +detection-results +0 +-$/m);
    expect(partitions.split("\n")).toHaveLength(2);
    expect(partitions).toMatch(/^tmon-scheduler +assessment-tasks +3 +2 +5 +2 +\d/m);
  });

  it("--partitions shows all of them", async () => {
    const [, partitions = ""] = (await lag("--partitions")).stdout.split("\n\n");
    expect(partitions.split("\n")).toHaveLength(1 + 4 * 16);
  });

  it("ends with 1 if a group has more to do than --max", async () => {
    expect(await lag("--max", "2")).toMatchObject({ exitCode: 0 });
    const more = await lag("--max", "1");
    expect(more.exitCode).toBe(1);
    expect(more.stderr).toContain("tmon-scheduler has 2 messages to do, more than 1");
  });

  it("--watch looks again until a signal, and sees what changed", async () => {
    const watching = startTmon(["lag", "--watch", "--data-dir", dataDir, "-o", "json"]);
    await until(() => looks(watching.stdout()).length > 0);
    const { context, close } = await openContext(testConfig(dataDir));
    const message = { topic: "assessment-tasks", key: "cam-1", value: Buffer.from("{}"), partition: 4 };
    await context.bus.produce([message]);
    await close();
    await until(() => looks(watching.stdout()).at(-1)?.worst.lag === 3);
    watching.kill("SIGINT");
    expect(await watching.ended).toMatchObject({ exitCode: 0 });
  });

  it("says so where nothing has been written yet", async () => {
    const result = await runTmon(["lag", "--data-dir", join(directory, "missing")]);
    expect(result).toMatchObject({ exitCode: 0, stdout: "" });
    expect(result.stderr).toContain("nothing has been written there yet");
  });

  it.each([
    ["--max", "-1"],
    ["--max", "many"],
  ])("refuses %s %s", async (...args) => {
    const { exitCode, stderr } = await lag(...args);
    expect(exitCode).toBe(2);
    expect(stderr).toContain("TMON_USAGE: --max");
  });
});
