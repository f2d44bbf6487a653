/**
 * How well a detector model finds what rendered cameras show, by tmon's own detector: letterbox, inference, decoding and
 * NMS. The cameras' seeds are none that the model was trained with. Mean average precision at an IoU of 0.5, objects at
 * least 24 px high in the 640x360 picture and at least 60 % visible; the others need not be found, and may be.
 *
 *   node --import ./scripts/typescript.mjs bench/model.ts [--model models/tmon-simulated.onnx] [--cameras 64]
 *     [--pictures 12] [--every 7] [--seed 900000] [--json]
 */
import { availableParallelism } from "node:os";
import { parseArgs } from "node:util";
import { usualThresholds } from "../src/config/sections/detector.ts";
import { type SimulatedCamera, scenes, weathers } from "../src/config/simulated-camera.ts";
import { objectClasses } from "../src/messages/common.ts";
import { startPool } from "../src/runtime/detector/pool.ts";
import { type Answers, answersOf, atConfidence, averagePrecision } from "./model/average-precision.ts";
import { camerasFrom, type ScoredCamera, scoreCamera } from "./model/pictures.ts";

const { values: flags } = parseArgs({
  options: {
    model: { type: "string", default: "models/tmon-simulated.onnx" },
    cameras: { type: "string", default: "64" },
    pictures: { type: "string", default: "12" },
    every: { type: "string", default: "7" },
    seed: { type: "string", default: "900000" },
    json: { type: "boolean", default: false },
  },
});
const visible = 0.6;
const heights = { all: [24, Infinity], "24-39": [24, 40], "40-79": [40, 80], "80-": [80, Infinity] } as const;
const sizes = Object.keys(heights) as (keyof typeof heights)[];

// Of all answers the average precision is made, not of the usual ones alone.
const pool = await startPool({
  ...{ model: flags.model, iou: usualThresholds.iou, confidence: 0.01 },
  workers: availableParallelism(),
});
const scored: ScoredCamera[] = [];
for (const camera of camerasFrom(Number(flags.seed), Number(flags.cameras)))
  scored.push(
    await scoreCamera(camera, pool, {
      pictures: Number(flags.pictures),
      everyMs: 1000 * Number(flags.every),
    }),
  );
await pool.stop();

const classes = classesOf(scored);
const result = {
  model: flags.model,
  pictures: scored.reduce((sum, { pictures }) => sum + pictures.length, 0),
  mAP50: Object.fromEntries(
    sizes.map((size) => [size, mean(classes.map((row) => row.averagePrecision[size]))]),
  ),
  weathers: Object.fromEntries(
    weathers.map((weather) => [weather, meanWhere((camera) => camera.weather === weather)]),
  ),
  scenes: Object.fromEntries(scenes.map((scene) => [scene, meanWhere((camera) => camera.scene === scene)])),
  classes,
};
if (flags.json) console.log(JSON.stringify(result));
else print();

function classesOf(cameras: readonly ScoredCamera[]) {
  const pictures = cameras.flatMap((camera) => camera.pictures);
  return objectClasses.map((name) => {
    const answers = Object.fromEntries(
      sizes.map((size) => [size, answersOf(pictures, name, { heights: heights[size], visible })]),
    ) as Record<keyof typeof heights, Answers>;
    return {
      name,
      objects: answers.all.objects,
      averagePrecision: Object.fromEntries(sizes.map((size) => [size, averagePrecision(answers[size])])),
      ...atConfidence(answers.all, usualThresholds.confidence),
    };
  });
}

/** Over the classes that are there. */
function meanWhere(holds: (camera: SimulatedCamera) => boolean): number {
  const rows = classesOf(scored.filter(({ camera }) => holds(camera)));
  return mean(rows.map((row) => row.averagePrecision.all));
}

function mean(values: readonly (number | undefined)[]): number {
  const known = values.filter((value) => value !== undefined);
  return known.reduce((sum, value) => sum + value, 0) / known.length;
}

function print(): void {
  console.log(`${flags.model}: ${result.pictures} pictures, seeds from ${flags.seed}, 60 % visible at least`);
  const columns = ["class", "objects", ...sizes.map((size) => `AP50 ${size}`), "precision", "recall"];
  const rows = classes.map(({ name, objects, averagePrecision: of, precision, recall }) =>
    [name, String(objects)].concat([...sizes.map((size) => of[size]), precision, recall].map(shown)),
  );
  const last = ["mean", "", ...sizes.map((size) => shown(result.mAP50[size]))];
  for (const row of [columns, ...rows, last])
    console.log(row.map((cell, index) => (index === 0 ? cell.padEnd(14) : cell.padStart(11))).join(""));
  console.log(`precision and recall at a confidence of ${usualThresholds.confidence}`);
  for (const parts of [result.weathers, result.scenes])
    console.log(
      Object.entries(parts)
        .map(([name, value]) => `${name} ${shown(value)}`)
        .join("   "),
    );
}

function shown(value: number | undefined): string {
  return value === undefined ? "-" : value.toFixed(3);
}
