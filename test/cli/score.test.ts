import { readdirSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { runTmon, startTmon } from "../support/tmon.ts";
import { temporaryDirectory } from "../support/tmp.ts";

const short = ["score", "--seed", "3", "--cameras", "2", "--for", "10s"];
const env = (directory = temporaryDirectory()) => ({ HOME: directory, TMPDIR: directory, PATH: "" });

describe("tmon score", () => {
  it("tells figures of the judged kinds, says which are not judged, and leaves nothing behind", async () => {
    const directory = temporaryDirectory();
    const { stdout, stderr, exitCode } = await runTmon([...short, "-o", "json"], env(directory));
    expect(exitCode, stderr).toBe(0);
    const { seed, cameras, vlm, kinds, all, model, simulationModel } = JSON.parse(stdout);
    expect([model, simulationModel]).toEqual(["tmon-simulated", true]);
    expect([seed, cameras, vlm.simulated]).toEqual([3, 2, true]);
    const judged = kinds.filter((each: { judged: boolean }) => each.judged);
    expect(judged.map(({ kind }: { kind: string }) => kind).toSorted()).toEqual([
      "pedestrian_conflict",
      "tailgating",
    ]);
    expect(kinds).toHaveLength(6);
    expect(all.dangers).toBe(judged[0].dangers + judged[1].dangers);
    expect(all.lookedAt).toBeLessThanOrEqual(all.dangers);
    expect(readdirSync(directory)).toEqual([]);
  });

  it("prints a table, and ends with 1 or 3 where a threshold is missed", async () => {
    const { stdout, stderr, exitCode } = await runTmon([...short, "--min-precision", "1"], env());
    expect(stdout).toMatch(/^detector model: tmon-simulated, a simulation model.*; VLM: simulated$/m);
    expect(stdout).toMatch(/^KIND +DANGERS +LOOKED AT +RECALL +INCIDENTS +PRECISION +P50 +P95 +CALLS$/m);
    expect(stdout).toMatch(/^wrong_way +not judged$/m);
    expect(stderr).toContain("this measures the plumbing, not a VLM");
    expect(stderr).toContain("precision of at least 1 was asked for");
    expect(stderr).toMatch(/only \d dangers? to judge thresholds by: let it run longer/);
    expect([1, 3]).toContain(exitCode);
  });

  it("refuses a threshold that is no share, before anything runs", async () => {
    const { stderr, exitCode } = await runTmon([...short, "--min-recall", "80"], env());
    expect(exitCode).toBe(2);
    expect(stderr).toContain('TMON_USAGE: --min-recall is "80"');
  });

  it("refuses a run in which hardly anything can be seen", async () => {
    const { stderr, exitCode } = await runTmon(["score", "--for", "1s"], env());
    expect(exitCode).toBe(2);
    expect(stderr).toContain("write at least 10s");
  });

  it("leaves nothing behind when it is interrupted", async () => {
    const directory = temporaryDirectory();
    const running = startTmon(["score", "--cameras", "1", "--for", "10m"], env(directory));
    await running.says("score runs");
    running.kill("SIGINT");
    expect(await running.ended).toMatchObject({ exitCode: 130 });
    expect(readdirSync(directory)).toEqual([]);
  });
});
