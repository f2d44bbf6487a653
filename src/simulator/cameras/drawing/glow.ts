import type { Point } from "../geometry/vector.ts";
import { type Canvas, dense, depthUnit } from "./canvas.ts";
import type { Colour } from "./colour.ts";
import { brighter } from "./fill.ts";

/** Light that is brighter than the picture can show, and spreads around its lamp. */
export interface Glow {
  /** Pixels. */
  readonly at: Point;
  readonly radius: number;
  readonly colour: Colour;
  /** Down the wet road, pixels. */
  readonly streak: number;
}

/** Whether a lamp is seen: nothing nearer covers it. */
export function isOpen(canvas: Canvas, [x, y]: Point, nearness: number): boolean {
  const column = Math.floor(x * dense);
  const row = Math.floor(y * dense);
  if (column < 0 || row < 0 || column >= canvas.width * dense || row >= canvas.height * dense) return false;
  const at = row * canvas.width * dense + column;
  const isDrawn = canvas.ids[at]! > canvas.base;
  const still = canvas.still[(row >> 1) * canvas.width + (column >> 1)]! / depthUnit;
  return (isDrawn ? canvas.depths[at]! : still) < nearness * 1.04;
}

export function addGlow(pixels: Uint32Array, width: number, height: number, glow: Glow): void {
  const { at, radius, colour, streak } = glow;
  const [cx, cy] = at;
  const [red, green, blue] = colour;
  const top = Math.max(0, Math.ceil(cy - radius));
  const bottom = Math.min(height - 1, Math.floor(cy + radius + streak));
  const left = Math.max(0, Math.ceil(cx - radius));
  const right = Math.min(width - 1, Math.floor(cx + radius));
  for (let y = top; y <= bottom; y++) {
    const down = y - cy;
    const ay = streak > 0 && down > 0 ? Math.max(0, down - streak) / radius : down / radius;
    const fade = streak > 0 && down > 0 ? 0.35 * (1 - down / (streak + radius)) : 1;
    for (let x = left; x <= right; x++) {
      const ax = (x - cx) / radius;
      const rest = 1 - ax * ax - ay * ay;
      if (rest <= 0) continue;
      const share = rest * rest * rest * fade;
      const light = ((blue * share) << 16) | ((green * share) << 8) | (red * share);
      const at = y * width + x;
      pixels[at] = brighter(pixels[at]!, light);
    }
  }
}
