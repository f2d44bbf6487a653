import { cross, dot, minus, unit, type Vector } from "../geometry/vector.ts";

/** A flat convex side of a solid, in the solid's own metres: x ahead, y to the left, z up, origin on the ground in its middle. */
export interface Face {
  readonly corners: Float64Array;
  readonly normal: Vector;
  /** Which colour of the thing's palette. */
  readonly material: number;
  /** Left out where a metre is fewer pixels. */
  readonly detail: number;
}

export type Mesh = readonly Face[];

/** Builds a mesh of faces that look away from a point inside. */
export interface MeshBuilder {
  readonly faces: Face[];
  face(corners: readonly Vector[], material: number, inside: Vector, detail?: number): void;
  box(from: Vector, to: Vector, material: number, detail?: number): void;
  /** A solid with this outline seen from the side, [x, z], as wide as `halfWidth` says at each height. */
  prism(
    outline: readonly (readonly [number, number])[],
    halfWidth: (z: number) => number,
    material: number,
    detail?: number,
  ): void;
  /** A round plate that looks to the side: a wheel's. */
  disc(centre: Vector, radius: number, side: 1 | -1, material: number, detail?: number): void;
  /** A trunk between two rectangles, [depth, width], around these points. */
  block(
    below: Vector,
    belowSize: readonly [number, number],
    above: Vector,
    aboveSize: readonly [number, number],
    material: number,
    detail?: number,
  ): void;
  /** A bar from one point to another, square in section. */
  bar(from: Vector, to: Vector, thickness: number, material: number, detail?: number): void;
}

export function meshBuilder(): MeshBuilder {
  const faces: Face[] = [];

  function face(corners: readonly Vector[], material: number, inside: Vector, detail = 0): void {
    const normal = normalOf(corners);
    const away = dot(normal, minus(corners[0]!, inside)) >= 0;
    faces.push({
      corners: flat(corners),
      normal: away ? normal : [-normal[0], -normal[1], -normal[2]],
      material,
      detail,
    });
  }

  function box(from: Vector, to: Vector, material: number, detail = 0): void {
    const [x0, y0, z0] = from;
    const [x1, y1, z1] = to;
    hexahedron(
      [
        [x0, y0, z0],
        [x1, y0, z0],
        [x1, y1, z0],
        [x0, y1, z0],
      ],
      [
        [x0, y0, z1],
        [x1, y0, z1],
        [x1, y1, z1],
        [x0, y1, z1],
      ],
      material,
      detail,
    );
  }

  /** Four corners below, four above; the lower side is never seen. */
  function hexahedron(
    below: readonly Vector[],
    above: readonly Vector[],
    material: number,
    detail: number,
  ): void {
    const inside = centreOf([...below, ...above]);
    face(above, material, inside, detail);
    for (let i = 0; i < 4; i++) {
      const next = (i + 1) % 4;
      face([below[i]!, below[next]!, above[next]!, above[i]!], material, inside, detail);
    }
  }

  return {
    faces,
    face,
    box,
    prism(outline, halfWidth, material, detail = 0) {
      const side = (sign: number) => outline.map(([x, z]): Vector => [x, sign * halfWidth(z), z]);
      const [left, right] = [side(1), side(-1)];
      const inside = centreOf([...left, ...right]);
      face(left, material, inside, detail);
      face(right, material, inside, detail);
      outline.forEach((_, i) => {
        const next = (i + 1) % outline.length;
        face([left[i]!, left[next]!, right[next]!, right[i]!], material, inside, detail);
      });
    },
    disc(centre, radius, side, material, detail = 0) {
      const corners = round.map(
        ([x, z]): Vector => [centre[0] + radius * x, centre[1], centre[2] + radius * z],
      );
      face(corners, material, [centre[0], centre[1] - side, centre[2]], detail);
    },
    block(below, belowSize, above, aboveSize, material, detail = 0) {
      const ring = ([x, y, z]: Vector, [depth, width]: readonly [number, number]): Vector[] => [
        [x + depth / 2, y + width / 2, z],
        [x - depth / 2, y + width / 2, z],
        [x - depth / 2, y - width / 2, z],
        [x + depth / 2, y - width / 2, z],
      ];
      hexahedron(ring(below, belowSize), ring(above, aboveSize), material, detail);
    },
    bar(from, to, thickness, material, detail = 0) {
      const along = unit(minus(to, from));
      const aside = unit(cross(along, Math.abs(along[2]) > 0.9 ? [1, 0, 0] : [0, 0, 1]));
      const over = cross(aside, along);
      const half = thickness / 2;
      const ring = (at: Vector): Vector[] =>
        (
          [
            [1, 1],
            [-1, 1],
            [-1, -1],
            [1, -1],
          ] as const
        ).map(([a, b]) => [
          at[0] + half * (a * aside[0] + b * over[0]),
          at[1] + half * (a * aside[1] + b * over[1]),
          at[2] + half * (a * aside[2] + b * over[2]),
        ]);
      const [below, above] = [ring(from), ring(to)];
      hexahedron(below, above, material, detail);
      face(below, material, centreOf(above), detail);
    },
  };
}

/** A regular polygon with ten corners. */
const round: readonly (readonly [number, number])[] = [
  ...[
    [1, 0],
    [0.809, 0.588],
    [0.309, 0.951],
    [-0.309, 0.951],
    [-0.809, 0.588],
  ],
  ...[
    [-1, 0],
    [-0.809, -0.588],
    [-0.309, -0.951],
    [0.309, -0.951],
    [0.809, -0.588],
  ],
] as [number, number][];

function flat(corners: readonly Vector[]): Float64Array {
  const values = new Float64Array(3 * corners.length);
  for (let i = 0; i < corners.length; i++) values.set(corners[i]!, 3 * i);
  return values;
}

function normalOf(corners: readonly Vector[]): Vector {
  let [x, y, z] = [0, 0, 0];
  for (let i = 0; i < corners.length; i++) {
    const here = corners[i]!;
    const next = corners[i + 1 === corners.length ? 0 : i + 1]!;
    x += here[1] * next[2] - here[2] * next[1];
    y += here[2] * next[0] - here[0] * next[2];
    z += here[0] * next[1] - here[1] * next[0];
  }
  return unit([x, y, z]);
}

function centreOf(points: readonly Vector[]): Vector {
  const mean = (axis: 0 | 1 | 2) => points.reduce((sum, point) => sum + point[axis], 0) / points.length;
  return [mean(0), mean(1), mean(2)];
}
