import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { metadataOf, readModelFile, requireFitModel } from "../../src/config/models/file.ts";
import { startPool } from "../../src/runtime/detector/pool.ts";
import { model } from "../runtime/detector/support.ts";
import { lacks } from "../support/machine.ts";
import { withMetadata } from "../support/onnx.ts";
import { temporaryDirectory } from "../support/tmp.ts";

const directory = temporaryDirectory();

function fileOf(name: string, content: Buffer): string {
  const file = join(directory, name);
  writeFileSync(file, content);
  return file;
}

describe("what a model's file says of itself", () => {
  test("is read, whatever stands before it", () => {
    const notes = { purpose: "simulated cameras", classes: "person,车" };
    const file = withMetadata(withMetadata(Buffer.alloc(0), { a: "1" }), notes);
    expect([...(metadataOf(file) ?? [])]).toEqual([["a", "1"], ...Object.entries(notes)]);
  });

  test.each([
    ["is text", Buffer.from("not a model")],
    ["is empty", Buffer.alloc(0)],
    ["is of something else", Buffer.alloc(12, 0xff)],
    ["is of zeros", Buffer.alloc(12)],
    ["is the beginning of one", withMetadata(Buffer.alloc(0), { purpose: "roads" }).subarray(0, -1)],
  ])("is not asked where it %s", (_, content) => {
    expect(() => readModelFile(fileOf("wrong.onnx", content))).toThrow(
      expect.objectContaining({ code: "TMON_MODEL_INVALID" }),
    );
    expect(() => readModelFile(fileOf("yolox_s.onnx", content))).toThrow(
      expect.objectContaining({ todo: "tmon models pull yolox-s" }),
    );
  });

  test("is that it was made for rendered cameras alone, which then are all it may look at", () => {
    const simulation = readModelFile(
      fileOf("sim.onnx", withMetadata(Buffer.alloc(0), { purpose: "simulated cameras only" })),
    );
    const other = readModelFile(fileOf("other.onnx", withMetadata(Buffer.alloc(0), { author: "me" })));
    expect([simulation.forSimulation, other.forSimulation]).toEqual([true, false]);
    expect(simulation.type).toBe("sim");
    expect(() => requireFitModel(simulation, "rendered")).not.toThrow();
    expect(() => requireFitModel(other, "real")).not.toThrow();
    expect(() => requireFitModel(simulation, "real")).toThrow(
      expect.objectContaining({ code: "TMON_MODEL_FOR_SIMULATION" }),
    );
  });

  test("a model of the catalogue that is not there says how to fetch it", () => {
    expect(() => readModelFile(join(directory, "yolox_tiny.onnx"))).toThrow(
      expect.objectContaining({ code: "TMON_MODEL_NOT_FOUND", todo: "tmon models pull yolox-tiny" }),
    );
  });
});

describe.skipIf(lacks("model"))("a real model with notes", () => {
  test("is loaded as it was", async () => {
    const file = fileOf("noted.onnx", withMetadata(readFileSync(model), { purpose: "simulation" }));
    expect(readModelFile(file).forSimulation).toBe(true);
    expect(readModelFile(model).forSimulation).toBe(false);
    const pool = await startPool({ model: file, workers: 1, confidence: 0.35, iou: 0.5 });
    await pool.stop();
  });
});
