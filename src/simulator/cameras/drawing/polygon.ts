import { nearest, type Pinhole } from "../geometry/pinhole.ts";
import { type Canvas, dense, touch } from "./canvas.ts";
import { fillLight, fillPaint, fillShade, fillSolid, type Plane } from "./fill.ts";

/** How a polygon changes the samples it covers. */
export const ink = {
  /** Hides what is farther. */
  solid: 0,
  /** Hides whatever was drawn before it: ground, in order. */
  paint: 1,
  /** Darkens the ground to `colour` / 256, once for each thing of this number. */
  shade: 2,
  /** Adds the colour to the ground. */
  light: 3,
} as const;
export type Ink = (typeof ink)[keyof typeof ink];

/** Corners of one polygon: column and row in samples, and 1 / depth. */
const mostCorners = 24;
const columns = new Float64Array(mostCorners);
const rows = new Float64Array(mostCorners);
const nearness = new Float64Array(mostCorners);
/** Before projection: right, up, forward. */
const rights = new Float64Array(mostCorners);
const ups = new Float64Array(mostCorners);
const forwards = new Float64Array(mostCorners);

/** Of the polygon being drawn. */
const plane: Plane = { origin: 0, perColumn: 0, perRow: 0 };

/**
 * Draws a convex polygon.
 * @param corners x, y, z of each corner, world metres; at most 20 corners
 * @param colour 0xffbbggrr
 * @param number of the thing it belongs to
 */
export function drawPolygon(
  canvas: Canvas,
  camera: Pinhole,
  corners: ArrayLike<number>,
  count: number,
  kind: Ink,
  colour: number,
  number: number,
): void {
  const projected = projectCorners(canvas, camera, corners, count);
  if (projected < 3) return;
  let [left, right, top, bottom] = [columns[0]!, columns[0]!, rows[0]!, rows[0]!];
  for (let i = 1; i < projected; i++) {
    const [column, row] = [columns[i]!, rows[i]!];
    if (column < left) left = column;
    else if (column > right) right = column;
    if (row < top) top = row;
    else if (row > bottom) bottom = row;
  }
  const firstRow = Math.max(0, Math.ceil(top - 0.5));
  const lastRow = Math.min(dense * canvas.height, Math.ceil(bottom - 0.5)) - 1;
  const firstColumn = Math.max(0, Math.ceil(left - 0.5));
  const lastColumn = Math.min(dense * canvas.width, Math.ceil(right - 0.5)) - 1;
  if (lastRow < firstRow || lastColumn < firstColumn || !findPlane(projected)) return;
  coverRows(canvas, projected, firstRow, lastRow);
  fill(canvas, firstRow, lastRow, kind, colour, number);
}

/** Clips at the near plane and projects; answers the number of corners left. */
function projectCorners(canvas: Canvas, camera: Pinhole, corners: ArrayLike<number>, given: number): number {
  const { position, right, up, forward } = camera;
  const [px, py, pz] = position;
  let isCut = false;
  for (let i = 0; i < given; i++) {
    const x = corners[3 * i]! - px;
    const y = corners[3 * i + 1]! - py;
    const z = corners[3 * i + 2]! - pz;
    rights[i] = x * right[0] + y * right[1] + z * right[2];
    ups[i] = x * up[0] + y * up[1] + z * up[2];
    forwards[i] = x * forward[0] + y * forward[1] + z * forward[2];
    isCut ||= forwards[i]! < nearest;
  }
  if (isCut) return projectCut(canvas, camera, given);
  for (let i = 0; i < given; i++) put(canvas, camera, i, rights[i]!, ups[i]!, forwards[i]!);
  return given;
}

function projectCut(canvas: Canvas, camera: Pinhole, given: number): number {
  let count = 0;
  for (let i = 0; i < given; i++) {
    const next = (i + 1) % given;
    const here = forwards[i]!;
    const there = forwards[next]!;
    if (here >= nearest) put(canvas, camera, count++, rights[i]!, ups[i]!, here);
    if (here >= nearest === there >= nearest) continue;
    const share = (nearest - here) / (there - here);
    const r = rights[i]! + share * (rights[next]! - rights[i]!);
    const u = ups[i]! + share * (ups[next]! - ups[i]!);
    put(canvas, camera, count++, r, u, nearest);
  }
  return count;
}

function put(canvas: Canvas, camera: Pinhole, i: number, right: number, up: number, forward: number): void {
  const scale = (dense * camera.focal) / forward;
  columns[i] = (dense * camera.width) / 2 + right * scale - dense * canvas.shiftX;
  rows[i] = (dense * camera.height) / 2 - up * scale - dense * canvas.shiftY;
  nearness[i] = 1 / forward;
}

/** Notes for each row what of it the polygon covers. */
function coverRows(canvas: Canvas, count: number, top: number, bottom: number): void {
  const { spans } = canvas;
  const width = dense * canvas.width;
  // Both rows of a pixel have their spans.
  for (let row = top & ~1; row <= (bottom | 1); row++) {
    spans[2 * row] = width;
    spans[2 * row + 1] = 0;
  }
  for (let i = 0; i < count; i++) {
    const next = i + 1 === count ? 0 : i + 1;
    const isDown = rows[i]! < rows[next]!;
    const upper = isDown ? i : next;
    const lower = isDown ? next : i;
    const first = Math.max(top, Math.ceil(rows[upper]! - 0.5));
    const last = Math.min(bottom, Math.ceil(rows[lower]! - 0.5) - 1);
    if (last < first) continue;
    const slope = (columns[lower]! - columns[upper]!) / (rows[lower]! - rows[upper]!);
    let column = columns[upper]! + (first + 0.5 - rows[upper]!) * slope;
    for (let row = first; row <= last; row++, column += slope) {
      const edge = Math.ceil(column - 0.5);
      if (edge < spans[2 * row]!) spans[2 * row] = Math.max(0, edge);
      if (edge > spans[2 * row + 1]!) spans[2 * row + 1] = Math.min(width, edge);
    }
  }
}

/** 1 / depth is linear in the picture. Source of the normal: Newell's method (Sutherland et al., 1974). */
function findPlane(count: number): boolean {
  let a = 0;
  let b = 0;
  let c = 0;
  for (let i = 0; i < count; i++) {
    const next = i + 1 === count ? 0 : i + 1;
    a += (rows[i]! - rows[next]!) * (nearness[i]! + nearness[next]!);
    b += (nearness[i]! - nearness[next]!) * (columns[i]! + columns[next]!);
    c += (columns[i]! - columns[next]!) * (rows[i]! + rows[next]!);
  }
  if (c > -1e-6 && c < 1e-6) return false;
  plane.perColumn = -a / c;
  plane.perRow = -b / c;
  let origin = 0;
  for (let i = 0; i < count; i++)
    origin += nearness[i]! - plane.perColumn * columns[i]! - plane.perRow * rows[i]!;
  plane.origin = origin / count;
  return true;
}

function fill(canvas: Canvas, top: number, bottom: number, kind: Ink, colour: number, number: number): void {
  if (kind === ink.light) {
    for (let y = top >> 1; y <= bottom >> 1; y++) fillLight(canvas, y, colour);
    return;
  }
  const { spans } = canvas;
  for (let row = top; row <= bottom; row++) {
    const from = spans[2 * row]!;
    const to = spans[2 * row + 1]!;
    if (to <= from) continue;
    touch(canvas, row, from, to);
    if (kind === ink.paint) fillPaint(canvas, row, from, to, colour);
    else if (kind === ink.shade) fillShade(canvas, row, from, to, colour, number);
  }
  if (kind === ink.solid) fillSolid(canvas, top, bottom, plane, colour, number);
}
