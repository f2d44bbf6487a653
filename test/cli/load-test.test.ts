import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import type { LoadReport } from "../../src/runtime/load-test/load-test.ts";
import { openContext, testConfig } from "../support/context.ts";
import { lacks } from "../support/machine.ts";
import { runTmon, startTmon } from "../support/tmon.ts";
import { temporaryDirectory } from "../support/tmp.ts";
import { openTerminal } from "../support/tmux.ts";

const quick = ["load-test", "--rate", "20", "--cameras", "5", "--for", "2s"];

function place() {
  const directory = temporaryDirectory();
  const dataDir = join(directory, "data");
  const file = join(directory, "load.json");
  return {
    dataDir,
    flags: ["--data-dir", dataDir, "--report", file],
    report: () => JSON.parse(readFileSync(file, "utf8")) as LoadReport,
    page: () => readFileSync(join(directory, "load.html"), "utf8"),
  };
}

/** What of the load is still in the store. */
async function leftBehind(dataDir: string): Promise<string[]> {
  const { context, close } = await openContext(testConfig(dataDir));
  onTestFinished(close);
  const prefixes = ["camera:", "detection:", "alerts:", "tmon:"];
  const found = await Promise.all(prefixes.map((prefix) => context.store.list(prefix)));
  return found.flat().map(({ key }) => key);
}

describe("tmon load-test", () => {
  it.each(["detections", "tasks"])(
    "from %s: each ends in a verdict that is pushed once; 0 where all objectives are met",
    async (from) => {
      const { dataDir, flags, report, page } = place();
      const slo = ["--slo", "lost=0,pending=0,duplicates=0,vlm.successRate>=0.99"];
      const { exitCode, stdout, stderr } = await runTmon([...quick, "--from", from, ...flags, ...slo]);
      expect(exitCode, stderr).toBe(0);
      expect(stdout).toMatch(/lost=0 +0 +passed/);
      const run = report();
      expect(run).toMatchObject({ lost: 0, pending: 0, repeats: 0, cameras: { configured: 5, live: 5 } });
      expect(run.run).toMatchObject({ bus: "embedded", store: "embedded", simulated: true });
      expect(run.messages.tasks).toBeGreaterThanOrEqual(39);
      expect(run.messages.results).toBe(run.messages.tasks);
      expect(run.slo.every(({ passed }) => passed)).toBe(true);
      expect(page()).toContain("<svg");
      expect(page()).not.toMatch(/https?:|src=|<link|<script/);
      expect(await leftBehind(dataDir)).toEqual([]);
    },
  );

  it("from cameras: rendered pictures go through a real detector; each group it finds ends in a verdict", async () => {
    const { dataDir, flags, report, page } = place();
    const args = ["load-test", "--from", "cameras", "--cameras", "4", "--rate", "4", "--for", "4s"];
    const { exitCode, stderr } = await runTmon([...args, ...flags, "--slo", "lost=0,pending=0"]);
    expect(exitCode, stderr).toBe(0);
    const { load, frames, messages, run, stagesMs } = report();
    expect(load).toMatchObject({ from: "cameras", due: 16 });
    expect(frames).toEqual({ processed: 16 - load.dropped, dropped: load.dropped });
    expect(messages.detections).toBe(load.sent);
    expect(messages.tasks).toBeGreaterThan(0);
    expect(messages.results).toBe(messages.tasks);
    expect(run).toMatchObject({ model: "tmon-simulated.onnx", simulated: true });
    expect(stagesMs.detect.p50).toBeGreaterThan(0);
    expect(page()).toContain("<td>detect</td>");
    expect(await leftBehind(dataDir)).toEqual([]);
    const incidents = await runTmon([
      "tail",
      "incidents",
      "--until-end",
      "-o",
      "json",
      "--data-dir",
      dataDir,
    ]);
    const states = new Map(
      incidents.stdout
        .trim()
        .split("\n")
        .filter(Boolean)
        .map((line) => {
          const { key, value } = JSON.parse(line);
          return [key, value.state];
        }),
    );
    expect([...states.values()].filter((state) => state !== "cleared")).toEqual([]);
  }, 120_000);

  it("without a report or objectives it tells its figures all the same, as JSON too", async () => {
    const { dataDir } = place();
    const asTable = await runTmon([...quick, "--data-dir", dataDir]);
    expect(asTable.exitCode, asTable.stderr).toBe(0);
    expect(asTable.stdout).toMatch(/^frames +40 due, 40 sent$/m);
    expect(asTable.stdout).toMatch(/^lost, pending +0, 0$/m);
    const asJson = await runTmon([...quick, "--data-dir", dataDir, "-o", "json"]);
    expect(JSON.parse(asJson.stdout)).toMatchObject({
      ...{ lost: 0, incomplete: null },
      load: { target: "self", from: "detections", profile: "steady", rate: 20, due: 40, sent: 40 },
    });
  }, 60_000);

  it("a rate that bus and machine cannot do is said, and ends with 3", async () => {
    const { flags, report, page } = place();
    const steep = ["load-test", "--rate", "200000", "--for", "1s", "--drain", "2s"];
    const { exitCode, stderr } = await runTmon([...steep, "--target", "deployment", ...flags]);
    expect(exitCode, stderr).toBe(3);
    expect(stderr).toMatch(/of 200000 frames that were due could not be sent in time/);
    const { frames, load } = report();
    expect(frames).toEqual({ processed: load.sent, dropped: 200_000 - load.sent });
    expect(page()).toContain("could not be sent in time");
  }, 60_000);

  it("ends with 1 where an objective is missed, and says which", async () => {
    const { flags, report } = place();
    const { exitCode, stdout } = await runTmon([...quick, ...flags, "--slo", "endToEndMs.p95<1,lost=0"]);
    expect(exitCode).toBe(1);
    expect(stdout).toMatch(/endToEndMs\.p95<1 +\S+ +FAILED, by \d/);
    expect(report().slo.map(({ passed }) => passed)).toEqual([false, true]);
  });

  it.skipIf(lacks("tmux"))("on a terminal the log's lines stand whole above its progress", async () => {
    const { dataDir } = place();
    const args = ["load-test", "--rate", "2", "--for", "3s", "--log-level", "debug", "--data-dir", dataDir];
    const terminal = await openTerminal(args, { columns: 120, rows: 400 });
    const lines = (await terminal.ended()).split("\n");
    expect(lines.filter((line) => line.includes("verdict pushed"))).toHaveLength(6);
    const progress = lines.filter((line) => line.includes(" open, lag"));
    expect(progress).toHaveLength(1);
    expect(progress[0]).toMatch(/^\d+(\.\d)?s: 0\/s, 6 sent, 6 results, 6 pushed, 0 open, lag \d+$/);
  });

  it("interrupted, it finishes what is open, reports and leaves nothing in the store", async () => {
    const { dataDir, flags, report, page } = place();
    const running = startTmon(["load-test", "--rate", "20", "--for", "10m", ...flags]);
    await running.says(/s: 20\/s, [1-9]/);
    running.kill("SIGINT");
    expect((await running.ended).exitCode).toBe(130);
    const run = report();
    expect(run.messages.tasks).toBeGreaterThan(0);
    expect(run).toMatchObject({ lost: 0, pending: 0 });
    expect(page()).toContain("</html>");
    expect(await leftBehind(dataDir)).toEqual([]);
  });

  it("against a deployment only sends and counts: its own cameras, not those of others", async () => {
    const { dataDir, flags, report } = place();
    const roles = ["generator", "scheduler", "aggregator"].map((role) => {
      const vlm = role === "scheduler" ? ["--vlm", "sim"] : [];
      return startTmon(["run", role, "--port", "0", "--data-dir", dataDir, ...vlm]);
    });
    await Promise.all(roles.map((role) => role.says("runs: ")));
    const { exitCode, stderr } = await runTmon([
      ...quick,
      "--target",
      "deployment",
      ...flags,
      "--slo",
      "lost=0,pending=0",
    ]);
    expect(exitCode, stderr).toBe(0);
    expect(report().messages.results).toBe(40);
    expect(report().run).toMatchObject({ simulated: true });
    for (const role of roles) role.kill("SIGTERM");
    await Promise.all(roles.map((role) => role.ended));
  });

  it("in steps, it ends at the one that was too much", async () => {
    const { flags, report, page } = place();
    // Nobody does the work.
    const args = ["load-test", "--profile", "step", "--target", "deployment", "--drain", "100ms"];
    const { stderr } = await runTmon([...args, "--rate", "10", "--for", "1m", ...flags]);
    expect(stderr).toContain("no longer kept up at 10 a second");
    expect(report().load).toMatchObject({ keptUpAt: null, brokeAt: 10 });
    expect(page()).toContain("no longer kept up");
  });

  it.concurrent.each([
    [["--slo", "endtoend<5"], {}, /the report has no figure endtoend\n.*did you mean endToEndMs\.p95\?/],
    [["--report", "."], {}, /the report cannot be written: "\." is no file's name/],
    [["--report", "none/load.json"], {}, /the report cannot be written: ENOENT/],
    [["--for", "soon"], {}, /--for is "soon"/],
    [["--profile", "step", "--for", "10s"], {}, /--for is 10s, which is too short/],
    [
      ["--bus", "kafka"],
      { TMON_KAFKA_BROKERS: "kafka.example:9092" },
      /Kafka at kafka\.example:9092.*\n.*--allow-remote/,
    ],
    [
      [],
      { TMON_REDIS_URL: "redis://redis.example" },
      /Redis at redis:\/\/redis\.example.*\n.*--allow-remote/,
    ],
    [[], { DASHSCOPE_API_KEY: "sk-any" }, /https:\/\/dashscope\.aliyuncs\.com.*costs money\n.*--spend/],
  ])("refuses %j with %j before anything is sent", async (args, env, words) => {
    const { dataDir } = place();
    const { exitCode, stderr } = await runTmon(
      ["load-test", ...args, "--data-dir", dataDir],
      env as Record<string, string>,
    );
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(words);
    expect(existsSync(dataDir)).toBe(false);
  });
});
