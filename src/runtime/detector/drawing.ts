import sharp from "sharp";
import { isRoadUser } from "../../vision/classes.ts";
import type { RgbPicture } from "../../vision/picture.ts";
import type { Candidate } from "../../vision/yolox.ts";

const colours = { people: "#ff9f1c", vehicles: "#2ec4b6", scenery: "#9aa0a6" };
const people = new Set(["person", "bicycle", "motorcycle"]);

/** A picture as PNG, with the box and the name of each object on it. */
export function drawObjects(
  { pixels, width, height }: RgbPicture,
  objects: readonly Candidate[],
): Promise<Buffer> {
  const size = Math.max(11, Math.round(height / 36));
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" font-family="DejaVu Sans, Noto Sans, sans-serif" font-size="${size}">${objects.map((object) => draw(object, size, width)).join("")}</svg>`;
  return sharp(pixels, { raw: { width, height, channels: 3 } })
    .composite([{ input: Buffer.from(svg) }])
    .png()
    .toBuffer();
}

/** The label stands above its box, or inside it at the picture's upper edge, and never outside the picture. */
function draw(
  { class: name, confidence, bbox: [x1, y1, x2, y2] }: Candidate,
  size: number,
  width: number,
): string {
  const colour = !isRoadUser(name) ? colours.scenery : people.has(name) ? colours.people : colours.vehicles;
  const label = `${name} ${confidence.toFixed(2)}`;
  const [labelWidth, labelHeight] = [label.length * size * 0.6 + 4, size + 4];
  const left = Math.max(0, Math.min(x1, width - labelWidth));
  const top = y1 >= labelHeight ? y1 - labelHeight : y1;
  return [
    `<rect x="${x1}" y="${y1}" width="${x2 - x1}" height="${y2 - y1}" fill="none" stroke="${colour}" stroke-width="2"/>`,
    `<rect x="${left}" y="${top}" width="${labelWidth}" height="${labelHeight}" fill="${colour}"/>`,
    `<text x="${left + 2}" y="${top + size}" fill="#000">${label}</text>`,
  ].join("");
}
