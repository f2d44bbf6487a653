/**
 * Pictures with their truth, to train a detector on: images/*.jpg and annotations.json in COCO's layout, where each
 * annotation also has `visible` (share of the object that is seen, 0 to 1) and `height` (pixels).
 *
 *   node --import ./scripts/typescript.mjs scripts/training-frames.ts --out DIR [--pictures 1000] [--seed 1000]
 *     [--each 25] [--every 4] [--png]
 *
 * Camera after camera has the next seed, scenes and weathers in turn; each gives --each pictures, --every seconds
 * apart. Equal arguments give equal pictures. Several may run side by side with seeds of their own.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import sharp from "sharp";
import { scenes, weathers } from "../src/config/simulated-camera.ts";
import { objectClasses } from "../src/messages/common.ts";
import { openRenderedCamera } from "../src/simulator/cameras/camera.ts";
import { createStudio } from "../src/simulator/cameras/render.ts";
import { pictureSize } from "../src/simulator/cameras/scenes/surroundings.ts";
import type { TrueObject } from "../src/simulator/cameras/truth.ts";
import { bytesOf } from "../src/vision/picture.ts";

const { values: flags } = parseArgs({
  options: {
    out: { type: "string" },
    pictures: { type: "string", default: "1000" },
    seed: { type: "string", default: "1000" },
    each: { type: "string", default: "25" },
    every: { type: "string", default: "4" },
    png: { type: "boolean", default: false },
  },
});
if (flags.out === undefined) throw new Error("--out DIR is missing");
const images = join(flags.out, "images");
mkdirSync(images, { recursive: true });

/** Pictures that are being encoded: their pixels are in memory. */
const atOnce = 8;
const { width, height } = pictureSize;
const [pictures, each] = [Number(flags.pictures), Number(flags.each)];
const studio = createStudio();
const coco = {
  images: [] as object[],
  annotations: [] as object[],
  categories: objectClasses.map((name, id) => ({ id, name })),
};
const writing = new Set<Promise<unknown>>();

for (let first = 0; first < pictures; first += each) {
  const index = first / each;
  const camera = {
    scene: scenes[index % scenes.length]!,
    weather: weathers[Math.floor(index / scenes.length) % weathers.length]!,
    seed: Number(flags.seed) + index,
  };
  const rendered = openRenderedCamera(camera, studio);
  for (let i = 0; i < each && first + i < pictures; i++) {
    const picture = { ...pictureSize, pixels: new Uint8Array(bytesOf(pictureSize)) };
    const { objects, timeMs } = rendered.drawWithTruth(i * Number(flags.every) * 1000, picture);
    const name = `${camera.scene}-${camera.weather}-${camera.seed}-${timeMs}.${flags.png ? "png" : "jpg"}`;
    note(first + i, name, objects);
    if (writing.size >= atOnce) await Promise.race(writing);
    const done = write(join(images, name), picture.pixels).finally(() => writing.delete(done));
    writing.add(done);
  }
}
await Promise.all(writing);
writeFileSync(join(flags.out, "annotations.json"), JSON.stringify(coco));
console.log(`${coco.images.length} pictures, ${coco.annotations.length} objects in ${flags.out}`);

function note(id: number, file: string, objects: readonly TrueObject[]): void {
  coco.images.push({ id, file_name: file, width, height });
  for (const {
    class: name,
    box: [x1, y1, x2, y2],
    visible,
  } of objects) {
    coco.annotations.push({
      ...{ id: coco.annotations.length + 1, image_id: id, category_id: objectClasses.indexOf(name) },
      ...{ bbox: [x1, y1, x2 - x1, y2 - y1], area: (x2 - x1) * (y2 - y1), iscrowd: 0 },
      ...{ visible, height: y2 - y1 },
    });
  }
}

function write(file: string, pixels: Uint8Array): Promise<unknown> {
  const image = sharp(pixels, { raw: { width, height, channels: 3 } });
  return (flags.png ? image.png() : image.jpeg({ quality: 88, optimiseCoding: false })).toFile(file);
}
