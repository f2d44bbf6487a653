import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { execa } from "execa";
import { afterEach, describe, expect, test } from "vitest";
import { type Pool, startPool } from "../../../src/runtime/detector/pool.ts";
import type { RgbPicture } from "../../../src/vision/picture.ts";
import { lacks } from "../../support/machine.ts";
import { temporaryDirectory } from "../../support/tmp.ts";
import { model, road } from "./support.ts";

const pools: Pool[] = [];
afterEach(async () => {
  await Promise.all(pools.splice(0).map((pool) => pool.stop()));
});

async function start(workers: number, file = model): Promise<Pool> {
  const pool = await startPool({ model: file, workers, confidence: 0.35, iou: 0.5 });
  pools.push(pool);
  return pool;
}

async function roadPicture(): Promise<RgbPicture> {
  const { stdout } = await execa(
    "ffmpeg",
    ["-v", "error", "-i", road, "-frames:v", "1", "-pix_fmt", "rgb24", "-f", "rawvideo", "-"],
    { encoding: "buffer" },
  );
  return { pixels: new Uint8Array(stdout), width: 640, height: 360 };
}

const black = (): RgbPicture => ({ pixels: new Uint8Array(640 * 360 * 3), width: 640, height: 360 });

describe.skipIf(lacks("ffmpeg", "video", "model"))("the pool", () => {
  test("finds the vehicles of a picture, within its edges", async () => {
    const pool = await start(1);
    const objects = await pool.detect(await roadPicture());
    expect(objects.map(({ class: name }) => name)).toContain("car");
    for (const { bbox, confidence } of objects) {
      expect(confidence).toBeGreaterThanOrEqual(0.35);
      expect(bbox[0]).toBeGreaterThanOrEqual(0);
      expect(bbox[2]).toBeLessThanOrEqual(640);
      expect(bbox[3]).toBeLessThanOrEqual(360);
    }
  });

  test("an empty picture has no objects", async () => {
    const pool = await start(1);
    expect(await pool.detect(black())).toEqual([]);
  });

  test("answers belong to their pictures, however many are under way", async () => {
    const pool = await start(2);
    const road = await roadPicture();
    const answers = await Promise.all(
      Array.from({ length: 10 }, (_, i) => pool.detect(i % 2 ? black() : road)),
    );
    expect(answers.map((objects) => objects.length > 0)).toEqual(answers.map((_, i) => i % 2 === 0));
  });

  test("takes two pictures a worker, and more when one is done", async () => {
    const pool = await start(1);
    expect(pool.hasRoom()).toBe(true);
    const under = [pool.detect(black()), pool.detect(black())];
    expect(pool.hasRoom()).toBe(false);
    await under[0];
    expect(pool.hasRoom()).toBe(true);
    await Promise.all(under);
  });

  test("a stop in the middle of work finishes it and leaves the process alive", async () => {
    const pool = await start(2);
    const under = Array.from({ length: 6 }, () => pool.detect(black()));
    await pool.stop();
    expect(await Promise.all(under)).toHaveLength(6);
  });

  test("a worker that dies fails the pool", async () => {
    const pool = await start(1);
    // No picture has such a size: the worker's tables for it would not fit in memory.
    void pool.detect({ pixels: new Uint8Array(3), width: -1, height: -1e12 });
    await expect(pool.failed).rejects.toMatchObject({ code: "TMON_DETECTOR_FAILED" });
  });
});

describe.skipIf(lacks("model"))("models that cannot be used are refused", () => {
  test("a missing file", async () => {
    await expect(start(1, "/none.onnx")).rejects.toMatchObject({ code: "TMON_MODEL_NOT_FOUND" });
  });

  test("a file that is no model: every worker ends", async () => {
    const file = join(temporaryDirectory(), "model.onnx");
    await writeFile(file, "this is no model");
    await expect(start(2, file)).rejects.toMatchObject({ code: "TMON_MODEL_INVALID" });
  });

  test("a model of another layout: what it takes and gives is said", async () => {
    const file = join(temporaryDirectory(), "identity.onnx");
    await writeFile(file, identityModel());
    await expect(start(1, file)).rejects.toMatchObject({
      code: "TMON_MODEL_INVALID",
      message: expect.stringContaining("takes float32 [1,3,4,4] and gives float32 [1,3,4,4]"),
    });
  });
});

/** The smallest ONNX file: one Identity node over float32 [1,3,4,4], written field by field. */
function identityModel(): Buffer {
  const field = (number: number, content: Buffer) =>
    Buffer.concat([Buffer.from([(number << 3) | 2, content.length]), content]);
  const text = (number: number, value: string) => field(number, Buffer.from(value));
  const integer = (number: number, value: number) => Buffer.from([number << 3, value]);
  const shape = Buffer.concat([1, 3, 4, 4].map((size) => field(1, integer(1, size))));
  const tensor = field(1, Buffer.concat([integer(1, 1), field(2, shape)]));
  const value = (name: string) => Buffer.concat([text(1, name), field(2, tensor)]);
  const node = Buffer.concat([text(1, "x"), text(2, "y"), text(4, "Identity")]);
  const graph = Buffer.concat([field(1, node), text(2, "g"), field(11, value("x")), field(12, value("y"))]);
  return Buffer.concat([integer(1, 8), field(7, graph), field(8, integer(2, 13))]);
}
