/**
 * Rendered cameras: pictures a second of CPU time on one thread, for each scene and weather. Pictures are 1.8 s apart,
 * as the detector wants them: the traffic in between is part of the figure, opening the camera is not.
 *
 *   npm run build && node --import ./scripts/typescript.mjs bench/scenes.ts [--pictures 150] [--seed 5] [--json]
 *   … --png DIR [--boxes | --model FILE] [--at 20]   writes a picture of each instead, 20 s in, with the truth's boxes or
 *                                                    those a detector with this model finds, if wanted
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { usualThresholds } from "../src/config/sections/detector.ts";
import { type SimulatedCamera, scenes, weathers } from "../src/config/simulated-camera.ts";
import { drawObjects } from "../src/runtime/detector/drawing.ts";
import { startPool } from "../src/runtime/detector/pool.ts";
import { pictureSize } from "../src/simulator/cameras/scenes/surroundings.ts";
import { bytesOf } from "../src/vision/picture.ts";
import { built } from "./support/built.ts";

const { openRenderedCamera } =
  await built<typeof import("../src/simulator/cameras/camera.ts")>("simulator/cameras/camera");
const { createStudio } =
  await built<typeof import("../src/simulator/cameras/render.ts")>("simulator/cameras/render");

const { values: flags } = parseArgs({
  options: {
    pictures: { type: "string", default: "150" },
    seed: { type: "string", default: "5" },
    json: { type: "boolean", default: false },
    png: { type: "string" },
    boxes: { type: "boolean", default: false },
    model: { type: "string" },
    at: { type: "string", default: "20" },
  },
});
const studio = createStudio();
const picture = { ...pictureSize, pixels: new Uint8Array(bytesOf(pictureSize)) };
const cameras = scenes.flatMap((scene) =>
  weathers.map((weather) => ({ scene, weather, seed: Number(flags.seed) })),
);

if (flags.png === undefined) measureAll();
else await drawAll(flags.png);

interface Row extends SimulatedCamera {
  openMs: number;
  picturesPerCpuSecond: number;
}

function measureAll(): void {
  const pictures = Number(flags.pictures);
  // Until then it is the compilers that are measured.
  for (const camera of cameras) {
    const rendered = openRenderedCamera(camera, studio);
    for (let i = 0; i < 20; i++) rendered.draw(i * 1800, picture);
  }
  const rows = cameras.map((camera): Row => {
    const opened = process.cpuUsage();
    const rendered = openRenderedCamera(camera, studio);
    rendered.draw(0, picture);
    const openMs = cpuMs(opened);
    const begun = process.cpuUsage();
    for (let i = 1; i <= pictures; i++) rendered.draw(i * 1800, picture);
    return { ...camera, openMs, picturesPerCpuSecond: (1000 * pictures) / cpuMs(begun) };
  });
  if (flags.json) console.log(JSON.stringify({ pictures, rows }));
  else for (const row of rows) console.log(lineOf(row));
}

function lineOf({ scene, weather, picturesPerCpuSecond, openMs }: Row): string {
  const speed = `${picturesPerCpuSecond.toFixed(0).padStart(5)} pictures a CPU second`;
  return `${scene.padEnd(11)}${weather.padEnd(6)}${speed}   opened in ${openMs.toFixed(0)} ms`;
}

async function drawAll(directory: string): Promise<void> {
  mkdirSync(directory, { recursive: true });
  const { model } = flags;
  const pool = model === undefined ? undefined : await startPool({ ...usualThresholds, model, workers: 1 });
  for (const camera of cameras) {
    const truth = openRenderedCamera(camera, studio).drawWithTruth(Number(flags.at) * 1000, picture);
    const objects = truth.objects.map(({ class: name, visible, box }) => ({
      class: name,
      confidence: visible,
      bbox: box,
    }));
    const file = join(directory, `${camera.scene}-${camera.weather}.png`);
    const boxes = pool ? await pool.detect(picture) : flags.boxes ? objects : [];
    writeFileSync(file, await drawObjects(picture, boxes));
    console.log(
      `${file}: ${objects.length} objects, ${truth.dangers.map(({ kind }) => kind).join(", ") || "no danger"}`,
    );
  }
  await pool?.stop();
}

function cpuMs(since: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(since);
  return (user + system) / 1000;
}
