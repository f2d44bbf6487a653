import { type Path, poseAt, step } from "../geometry/path.ts";
import type { Point } from "../geometry/vector.ts";
import type { Crossing, Gate, Route } from "./scene.ts";

/** Sideways acceleration that people in a vehicle like, m/s², and how they brake before a bend. */
const comfortable = { sideways: 2.2, braking: 1.8 };
/** Vehicles stop so far before a crossing, metres. */
const beforeCrossing = 1.4;

export function routeOf(
  route: Omit<Route, "limits" | "gates">,
  gates: readonly Gate[],
  crossings: readonly Crossing[],
): Route {
  return {
    ...route,
    limits: limitsOf(route.path, route.speed),
    gates: [...gates, ...crossingGates(route.path, crossings)].toSorted((a, b) => a.s - b.s),
  };
}

/** How fast one may be at each metre: by the bends there, and by those one must brake for. */
function limitsOf(path: Path, speed: number): Float64Array {
  const { dxs, dys } = path;
  const limits = new Float64Array(dxs.length).fill(speed);
  const reach = 4;
  for (let i = 0; i < limits.length; i++) {
    const before = Math.max(0, i - reach);
    const after = Math.min(limits.length - 1, i + reach);
    const turned = Math.abs(dxs[before]! * dys[after]! - dys[before]! * dxs[after]!);
    const curvature = turned / ((after - before) * step);
    if (curvature > 1e-3)
      limits[i] = Math.min(speed, Math.max(2.5, Math.sqrt(comfortable.sideways / curvature)));
  }
  for (let i = limits.length - 2; i >= 0; i--) {
    const next = limits[i + 1]!;
    limits[i] = Math.min(limits[i]!, Math.sqrt(next * next + 2 * comfortable.braking * step));
  }
  return limits;
}

/** Where a way meets crossings. */
function crossingGates(path: Path, crossings: readonly Crossing[]): Gate[] {
  const gates: Gate[] = [];
  crossings.forEach((crossing, index) => {
    for (let s = 0; s < path.length; s += step / 2) {
      const { x, y } = poseAt(path, s);
      if (!isOn(crossing, [x, y])) continue;
      gates.push({
        kind: "crossing",
        s: s - beforeCrossing,
        crossing: index,
        centre: s + crossing.width / 2,
      });
      return;
    }
  });
  return gates;
}

/** Whether a point of the ground is on a crossing, up to `beyond` metres past the kerbs. */
export function isOn({ from, to, width }: Crossing, [x, y]: Point, beyond = 0): boolean {
  const [dx, dy] = [to[0] - from[0], to[1] - from[1]];
  const length = Math.sqrt(dx * dx + dy * dy);
  const along = ((x - from[0]) * dx + (y - from[1]) * dy) / length;
  const aside = ((x - from[0]) * dy - (y - from[1]) * dx) / length;
  return along >= -beyond && along <= length + beyond && Math.abs(aside) <= width / 2;
}
