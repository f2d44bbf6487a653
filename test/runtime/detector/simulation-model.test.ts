import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { answersOf, atConfidence } from "../../../bench/model/average-precision.ts";
import { camerasFrom, type ScoredCamera, scoreCamera } from "../../../bench/model/pictures.ts";
import { catalogue } from "../../../src/config/models/catalogue.ts";
import { metadataOf } from "../../../src/config/models/file.ts";
import { objectClasses, roadUserClasses } from "../../../src/messages/common.ts";
import { openModel } from "../../../src/runtime/detector/model.ts";
import { type Pool, startPool } from "../../../src/runtime/detector/pool.ts";

const model = fileURLToPath(new URL("../../../models/tmon-simulated.onnx", import.meta.url));
/** Large and seen well. */
const floor = { heights: [32, Infinity], visible: 0.8 } as const;

let pool: Pool;
let cameras: ScoredCamera[];
beforeAll(async () => {
  pool = await startPool({ model, workers: 1, confidence: 0.35, iou: 0.5 });
  cameras = [];
  // Every scene in every weather; none was trained with these seeds.
  for (const camera of camerasFrom(800_000, 16))
    cameras.push(await scoreCamera(camera, pool, { pictures: 3, everyMs: 15_000 }));
});
afterAll(() => pool.stop());

test("the model of simulated cameras finds most of what is large and seen well", () => {
  const pictures = cameras.flatMap((camera) => camera.pictures);
  const all = roadUserClasses.map((name) => answersOf(pictures, name, floor));
  const objects = all.reduce((sum, answers) => sum + answers.objects, 0);
  const answers = { answers: all.flatMap((each) => each.answers), objects };
  expect(objects).toBeGreaterThan(100);
  const { precision, recall } = atConfidence(answers, 0.35);
  expect(recall).toBeGreaterThan(0.7);
  expect(precision).toBeGreaterThan(0.7);
});

test("it finds something of every class, in every scene and weather", () => {
  const seen = new Set(
    cameras.flatMap(({ pictures }) => pictures.flatMap(({ found }) => found.map((object) => object.class))),
  );
  expect([...seen].sort()).toEqual([...objectClasses].sort());
  for (const { camera, pictures } of cameras)
    expect(
      pictures.flatMap(({ found }) => found).length,
      `${camera.scene} ${camera.weather}`,
    ).toBeGreaterThan(0);
});

test("its file is small, takes 416 x 256 and answers with tmon's own classes", async () => {
  expect(readFileSync(model).length).toBeLessThan(4_000_000);
  const { session, layout } = await openModel(model);
  await session.release();
  expect(layout).toMatchObject({ inputWidth: 416, inputHeight: 256, classes: objectClasses });
});

test("the catalogue has this very file", () => {
  const bytes = readFileSync(model);
  const known = catalogue.find(({ name }) => name === "tmon-simulated")!;
  expect(known.export).toEqual({
    sha256: createHash("sha256").update(bytes).digest("hex"),
    bytes: bytes.length,
  });
});

test("it says itself that it is for simulated cameras alone, and its classes", () => {
  const notes = metadataOf(readFileSync(model));
  expect(notes?.get("purpose")).toMatch(/^simulation/);
  expect(notes?.get("classes")).toBe(objectClasses.join(", "));
});
