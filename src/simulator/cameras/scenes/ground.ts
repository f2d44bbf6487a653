import { type Colour, colour } from "../drawing/colour.ts";
import { type Path, poseAt } from "../geometry/path.ts";
import { distance, type Point } from "../geometry/vector.ts";
import type { Patch } from "./scene.ts";

export const surface = {
  asphalt: colour(0x5b5d60),
  paving: colour(0x9c9890),
  kerb: colour(0xbdb9b0),
  grass: colour(0x66793f),
  earth: colour(0x857a62),
  white: colour(0xe2e2dc),
  yellow: colour(0xd8ab35),
  bikeLane: colour(0x6a5450),
  worn: colour(0x4c4e51),
  concrete: colour(0x8a8a86),
} as const;

export function patch(corners: readonly Point[], paint: Colour): Patch {
  return { corners, colour: paint };
}

export function rectangle(x0: number, y0: number, x1: number, y1: number, paint: Colour): Patch {
  return patch(
    [
      [x0, y0],
      [x1, y0],
      [x1, y1],
      [x0, y1],
    ],
    paint,
  );
}

/** A straight line of paint. */
export function line(from: Point, to: Point, width: number, paint: Colour = surface.white): Patch {
  const length = distance(to[0] - from[0], to[1] - from[1]);
  const x = (-(to[1] - from[1]) / length) * (width / 2);
  const y = ((to[0] - from[0]) / length) * (width / 2);
  return patch(
    [
      [from[0] + x, from[1] + y],
      [to[0] + x, to[1] + y],
      [to[0] - x, to[1] - y],
      [from[0] - x, from[1] - y],
    ],
    paint,
  );
}

export function dashes(
  from: Point,
  to: Point,
  { width = 0.15, dash = 3, gap = 4.5, paint = surface.white as Colour } = {},
): Patch[] {
  const length = distance(to[0] - from[0], to[1] - from[1]);
  const at = (s: number): Point => [
    from[0] + (s / length) * (to[0] - from[0]),
    from[1] + (s / length) * (to[1] - from[1]),
  ];
  const patches: Patch[] = [];
  for (let s = 0; s + dash <= length; s += dash + gap) patches.push(line(at(s), at(s + dash), width, paint));
  return patches;
}

/** Stripes of a zebra crossing from kerb to kerb; `width` is how wide people may walk. */
export function zebraStripes(from: Point, to: Point, width: number): Patch[] {
  return dashes(from, to, { width, dash: 0.5, gap: 0.55 });
}

/** A band along a way, `left` and `right` of it in metres. */
export function band(
  path: Path,
  left: number,
  right: number,
  paint: Colour,
  from = 0,
  to = path.length,
): Patch[] {
  const patches: Patch[] = [];
  const at = (s: number, offset: number): Point => {
    const { x, y } = poseAt(path, s, offset);
    return [x, y];
  };
  for (let s = from; s < to; s += 2) {
    const end = Math.min(to, s + 2);
    patches.push(patch([at(s, left), at(end, left), at(end, right), at(s, right)], paint));
  }
  return patches;
}

/** A disc, or a ring's outer part to be painted over. */
export function disc(
  [x, y]: Point,
  radius: number,
  paint: Colour,
  round: (i: number, n: number) => Point,
): Patch[] {
  const n = 48;
  const at = (i: number): Point => {
    const [cos, sin] = round(i, n);
    return [x + radius * cos, y + radius * sin];
  };
  return Array.from({ length: n }, (_, i) => patch([[x, y], at(i), at(i + 1)], paint));
}
