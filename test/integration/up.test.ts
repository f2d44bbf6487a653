import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { Report } from "../../src/runtime/report/report.ts";
import { messagesOf } from "../support/bus-log.ts";
import { lacks } from "../support/machine.ts";
import { sharedFile } from "../support/shared.ts";
import { runTmon } from "../support/tmon.ts";
import { temporaryDirectory } from "../support/tmp.ts";

const directory = temporaryDirectory();
const model = sharedFile("models/yolox_nano.onnx");
const road = `file:${sharedFile("videos/road.mp4")}`;

describe.skipIf(lacks("ffmpeg", "video", "model"))("tmon up on a real video", () => {
  it("sees vehicles in most frames, and every task has one result that was pushed once", async () => {
    const data = join(directory, "data");
    const report = join(directory, "r.json");
    const args = [
      "up",
      "--camera",
      road,
      "--model",
      model,
      "--interval",
      "500ms",
      "--for",
      "6s",
      "--report",
      report,
    ];
    const { exitCode, stderr, stdout } = await runTmon([...args, "--data-dir", data, "--port", "0"]);
    expect(exitCode, stderr).toBe(0);
    expect(stdout).toBe("");
    expect(stderr.split("\n")[0]).toMatch(/^tmon: bus embedded .*store embedded/);

    const run = JSON.parse(readFileSync(report, "utf8")) as Report;
    expect(run).toMatchObject({ lost: 0, pending: 0, duplicates: 0, repeats: 0, deadLettered: 0 });
    expect(run.messages.detections).toBeGreaterThan(5);
    expect(run.messages.tasks).toBeGreaterThan(0);
    expect(run.messages.results).toBe(run.messages.tasks);
    expect(run.run.simulated).toBe(true);
    expect(run.cameras).toEqual({ configured: 1, live: 1 });

    const detections = await messagesOf("detection-results", data);
    const vehicles = detections.filter(({ value }) =>
      (value.detectedObjects as { class: string }[]).some(({ class: name }) =>
        ["car", "bus", "truck"].includes(name),
      ),
    );
    expect(vehicles.length).toBeGreaterThan(detections.length / 2);
    for (const { value } of await messagesOf("risk-assessment-results", data)) {
      expect(value.metadata).toMatchObject({ simulated: true });
    }
  });
});
