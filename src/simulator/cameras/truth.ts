import type { Box, ObjectClass } from "../../messages/common.ts";
import type { RiskTypeCode } from "../../messages/result.ts";
import { type Canvas, dense, mostThings, stripBits } from "./drawing/canvas.ts";
import { type Pinhole, project } from "./geometry/pinhole.ts";
import { firstId } from "./render.ts";
import type { Thing } from "./things.ts";

/** What is really there at a moment: for scoring and training alone, never for the detector. */
export interface Truth {
  /** Of the camera's time. */
  readonly timeMs: number;
  /** Of which at least one sample is seen, and of those classes that a detector knows. */
  readonly objects: readonly TrueObject[];
  /** Those that are there at this moment. */
  readonly dangers: readonly Danger[];
}

export interface TrueObject {
  readonly id: number;
  readonly class: ObjectClass;
  /** Around what is seen of it, pixels. */
  readonly box: Box;
  /** Share of its whole shape that is seen, 0 to 1: the rest is hidden, or outside the picture. */
  readonly visible: number;
}

export interface Danger {
  readonly kind: RiskTypeCode;
  readonly startMs: number;
  readonly endMs: number;
  /** Of vehicles and people in it. */
  readonly objectIds: readonly number[];
}

interface Extent {
  samples: number;
  left: number;
  right: number;
  top: number;
  bottom: number;
}

/** What is seen of the things of the picture that was drawn last, with `counts`. */
export function objectsOn(canvas: Canvas, camera: Pinhole, things: readonly Thing[]): TrueObject[] {
  const extents = extentsOn(canvas);
  return things.flatMap((thing, index): TrueObject[] => {
    const extent = extents.get(firstId + index);
    if (!extent || thing.class === undefined) return [];
    const shape = canvas.shapes[firstId + index]!;
    const { left, right, top, bottom } = extent;
    const box: Box = [left / dense, top / dense, (right + 1) / dense, (bottom + 1) / dense];
    const visible = (extent.samples / shape) * shareInside(camera, thing);
    return [{ id: thing.id, class: thing.class, box, visible: Math.round(visible * 1000) / 1000 }];
  });
}

/** By number: how many samples show it, and where. */
function extentsOn({ ids, base, strips, columns, width }: Canvas): Map<number, Extent> {
  const extents = new Map<number, Extent>();
  const length = dense << stripBits;
  strips.forEach((strip, index) => {
    if (strip !== base) return;
    const left = (index % columns) * length;
    const top = Math.floor(index / columns) * dense;
    for (let y = top; y < top + dense; y++)
      for (let x = left; x < Math.min(left + length, dense * width); x++) {
        const number = ids[y * dense * width + x]! - base;
        if (number >= firstId && number < mostThings) grow(extents, number, x, y);
      }
  });
  return extents;
}

function grow(extents: Map<number, Extent>, number: number, x: number, y: number): void {
  const extent = extents.get(number);
  if (!extent) {
    extents.set(number, { samples: 1, left: x, right: x, top: y, bottom: y });
    return;
  }
  extent.samples++;
  if (x < extent.left) extent.left = x;
  if (x > extent.right) extent.right = x;
  if (y < extent.top) extent.top = y;
  if (y > extent.bottom) extent.bottom = y;
}

const steps = [-0.375, -0.125, 0.125, 0.375];

/** Which share of a thing's box is inside the picture, by points spread over it. */
function shareInside(camera: Pinhole, { solid, size }: Thing): number {
  const [length, width, height] = size;
  const { x, y, z, dx, dy } = solid;
  // What hangs has its origin in its middle.
  const low = z > 0 ? z - height / 2 : 0;
  let inside = 0;
  for (const ahead of steps)
    for (const left of steps)
      for (const up of steps) {
        const at = project(camera, [
          x + ahead * length * dx - left * width * dy,
          y + ahead * length * dy + left * width * dx,
          low + (up + 0.5) * height,
        ]);
        if (at && at[0] >= 0 && at[0] <= camera.width && at[1] >= 0 && at[1] <= camera.height) inside++;
      }
  return inside / steps.length ** 3;
}
