import { describe, expect, it } from "vitest";
import { scenes } from "../../../src/config/simulated-camera.ts";
import { objectClasses } from "../../../src/messages/common.ts";
import { beginPicture, createCanvas } from "../../../src/simulator/cameras/drawing/canvas.ts";
import { drawPolygon, ink } from "../../../src/simulator/cameras/drawing/polygon.ts";
import { createPinhole } from "../../../src/simulator/cameras/geometry/pinhole.ts";
import type { Thing } from "../../../src/simulator/cameras/things.ts";
import { objectsOn } from "../../../src/simulator/cameras/truth.ts";
import { newPicture, open } from "./support.ts";

/** Looks north from 10 m away, level: a metre there is 20 pixels. */
const camera = { ...createPinhole([0, -10, 1], [0, 0], { focal: 200, width: 100, height: 80 }) };
const level = { ...camera, forward: [0, 1, 0], up: [0, 0, 1], right: [1, 0, 0] } as const;

/** Upright rectangles across the view, the first with number 2. */
function picture(...walls: { x: [number, number]; z: [number, number]; y: number }[]) {
  const canvas = createCanvas(100, 80);
  beginPicture(canvas, undefined, [0, 0], true);
  walls.forEach(({ x, z, y }, i) => {
    const corners = [x[0], y, z[0], x[1], y, z[0], x[1], y, z[1], x[0], y, z[1]];
    drawPolygon(canvas, level, corners, 4, ink.solid, 0xff0000ff, 2 + i);
  });
  const things = walls.map(({ x, z, y }, id): Thing => {
    const solid = { mesh: [], palette: [], x: (x[0] + x[1]) / 2, y, z: 0, dx: 1, dy: 0, scale: 1 };
    return { class: "car", id, solid, size: [x[1] - x[0], 0, z[1] - z[0]], shines: false, moves: true };
  });
  return objectsOn(canvas, level, things);
}

describe("the truth of a picture", () => {
  it("has a box around the pixels of a thing", () => {
    expect(picture({ x: [-1, 1], z: [0, 2], y: 0 })).toEqual([
      { id: 0, class: "car", box: [30, 20, 70, 60], visible: 1 },
    ]);
  });

  it("says which share of it is seen, whoever is drawn first", () => {
    const far = { x: [-1, 1], z: [0, 2], y: 0 } as { x: [number, number]; z: [number, number]; y: number };
    const near = { ...far, x: [0, 1] as [number, number], y: -0.001 };
    for (const [objects, behind] of [
      [picture(far, near), 0],
      [picture(near, far), 1],
    ] as const) {
      const hidden = objects.find(({ id }) => id === behind)!;
      expect(hidden.visible).toBeCloseTo(0.5, 2);
      expect(hidden.box).toEqual([30, 20, 50, 60]);
      expect(objects.find(({ id }) => id !== behind)!.visible).toBe(1);
    }
  });

  it("counts what is outside the picture as not seen, and leaves out what is hidden altogether", () => {
    const [cut] = picture({ x: [1.5, 3.5], z: [0, 2], y: 0 });
    expect(cut!.box[2]).toBe(100);
    expect(cut!.visible).toBeCloseTo(0.5, 1);
    const wall = { x: [-2, 2] as [number, number], z: [-1, 3] as [number, number], y: -1 };
    expect(picture(wall, { x: [-1, 1], z: [0, 2], y: 0 }).map(({ id }) => id)).toEqual([0]);
  });

  it("has all eight classes over the scenes, with boxes inside the picture", () => {
    const seen = new Set<string>();
    const canvas = newPicture();
    for (const scene of scenes) {
      const rendered = open({ scene, seed: 5 });
      for (let time = 0; time < 90_000; time += 9000)
        for (const { class: name, box, visible } of rendered.drawWithTruth(time, canvas).objects) {
          if (box[3] - box[1] >= 24 && visible >= 0.6) seen.add(name);
          expect(box[0]).toBeGreaterThanOrEqual(0);
          expect(box[2]).toBeLessThanOrEqual(canvas.width);
          expect(box[0]).toBeLessThan(box[2]);
          expect(box[1]).toBeLessThan(box[3]);
          expect(visible).toBeGreaterThanOrEqual(0);
          expect(visible).toBeLessThanOrEqual(1);
        }
    }
    expect([...seen].sort()).toEqual([...objectClasses].sort());
  }, 120_000);
});
