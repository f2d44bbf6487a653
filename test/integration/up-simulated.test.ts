import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { Report } from "../../src/runtime/report/report.ts";
import { messagesOf } from "../support/bus-log.ts";
import { runTmon, startTmon } from "../support/tmon.ts";
import { temporaryDirectory } from "../support/tmp.ts";

describe("tmon up with nothing at hand: no camera, model, key or file, and no program on the PATH", () => {
  it("looks at six rendered cameras with the shipped model, and says in every message that it is a simulation", async () => {
    const home = temporaryDirectory();
    const report = join(home, "r.json");
    const args = ["up", "--for", "12s", "--interval", "600ms", "--report", report, "--port", "0"];
    const { exitCode, stdout, stderr } = await runTmon(args, { PATH: "", HOME: home });
    expect(exitCode, stderr).toBe(0);
    expect(stdout).toBe("");
    expect(stderr).toMatch(/^tmon: SIMULATION: 6 cameras rendered by tmon, no real roads$/m);
    expect(stderr).toMatch(/^tmon: detector model tmon-simulated /m);
    expect(stderr).toMatch(/^tmon: the VLM is SIMULATED/m);

    const run = JSON.parse(readFileSync(report, "utf8")) as Report;
    expect(run).toMatchObject({ lost: 0, pending: 0, duplicates: 0, deadLettered: 0 });
    expect(run.cameras).toEqual({ configured: 6, live: 6 });
    expect(run.run).toMatchObject({ model: "tmon-simulated.onnx", simulated: true });
    expect(run.messages.tasks).toBeGreaterThan(0);

    const data = join(home, ".local/state/tmon");
    const classes = new Set<string>();
    for (const { value } of await messagesOf("detection-results", data)) {
      expect(value).toMatchObject({ source: "sim", modelType: "tmon-simulated", simulationModel: true });
      for (const object of value.detectedObjects as { class: string }[]) classes.add(object.class);
    }
    expect([...classes]).toEqual(expect.arrayContaining(["car", "person", "traffic light"]));
    for (const { value } of await messagesOf("risk-assessment-results", data))
      expect(value.metadata).toMatchObject({ simulated: true, simulationModel: true });
    for (const { value } of await messagesOf("incidents", data)) expect(value.simulated).toBe(true);
  });

  it("says where the page is in the last line of its start", async () => {
    const running = startTmon(["up", "--port", "0", "--data-dir", temporaryDirectory()]);
    const said = (await running.says("tmon: up runs: http"))
      .split("\n")
      .filter((line) => line.startsWith("tmon:"));
    expect(said.at(-1)).toMatch(/^tmon: up runs: http:\/\/127\.0\.0\.1:\d+$/);
    running.kill("SIGTERM");
    expect(await running.ended).toMatchObject({ exitCode: 0 });
  });

  it("asks no key that costs money about roads that are rendered", async () => {
    const env = { DASHSCOPE_API_KEY: "sk-any" };
    const running = startTmon(["up", "--port", "0", "--data-dir", temporaryDirectory()], env);
    const said = await running.says("tmon: up runs: http");
    expect(said).toContain("tmon: the VLM is SIMULATED");
    expect(said).toContain("--spend");
    running.kill("SIGTERM");
    expect(await running.ended).toMatchObject({ exitCode: 0 });
  });
});
