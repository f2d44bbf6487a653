import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { scenes, weathers } from "../../../src/config/simulated-camera.ts";
import {
  createPinhole,
  depthOf,
  groundAlong,
  project,
} from "../../../src/simulator/cameras/geometry/pinhole.ts";
import { cosine, sine } from "../../../src/simulator/cameras/geometry/vector.ts";
import { newPicture, open } from "./support.ts";

const hashOf = (pixels: Uint8Array) => createHash("sha256").update(pixels).digest("hex").slice(0, 16);

function hashAt(camera: Parameters<typeof open>[0], ...times: number[]): string {
  const [rendered, picture] = [open(camera), newPicture()];
  for (const time of times) rendered.draw(time, picture);
  return hashOf(picture.pixels);
}

describe("a rendered picture", () => {
  it("is a matter of scene, seed, weather and time alone, on every machine", () => {
    const hashes = Object.fromEntries(
      scenes.map((scene, i) => [scene, hashAt({ scene, weather: weathers[i]!, seed: 7 }, 3600)]),
    );
    expect(hashes).toMatchSnapshot();
  }, 120_000);

  it("is the same however one came to its time: step by step, at once, or back", () => {
    const camera = { scene: "zebra", seed: 3 } as const;
    const atOnce = hashAt(camera, 9000);
    expect(hashAt(camera, 0, 1800, 3600, 5400, 7200, 9000)).toBe(atOnce);
    expect(hashAt(camera, 20_000, 9000)).toBe(atOnce);
    expect(hashAt(camera, 301_000)).toBe(hashAt(camera, 299_000, 301_000));
  }, 120_000);

  it("is another one with another seed, and at another time", () => {
    const first = hashAt({ scene: "highway", seed: 1 }, 0);
    expect(hashAt({ scene: "highway", seed: 2 }, 0)).not.toBe(first);
    expect(hashAt({ scene: "highway", seed: 1 }, 1800)).not.toBe(first);
  });

  it("is the same whether its truth is asked for or not", () => {
    const [plain, counted] = [newPicture(), newPicture()];
    open({ scene: "roundabout", seed: 2 }).draw(5000, plain);
    open({ scene: "roundabout", seed: 2 }).drawWithTruth(5000, counted);
    expect(hashOf(counted.pixels)).toBe(hashOf(plain.pixels));
  });
});

describe("the pinhole camera", () => {
  const camera = createPinhole([0, -20, 8], [0, 0], { focal: 500, width: 640, height: 360 });

  it("has its target in the middle of the picture", () => {
    expect(project(camera, [0, 0, 0])?.map((value) => Math.round(value))).toEqual([320, 180]);
  });

  it("shows what is farther nearer to the horizon, and smaller", () => {
    const height = (y: number) => project(camera, [0, y, 0])![1] - project(camera, [0, y, 1.7])![1];
    expect(project(camera, [0, 30, 0])![1]).toBeLessThan(project(camera, [0, 10, 0])![1]);
    expect(height(30)).toBeLessThan(height(0));
    // 1.7 m upright, 21.5 m away, 500 px of focal length, seen from 22 degrees above.
    expect(height(0)).toBeGreaterThan(34);
    expect(height(0)).toBeLessThan(40);
  });

  it("finds the ground along a row of pixels, and none above the horizon", () => {
    const [xs, ys] = [new Float64Array(640), new Float64Array(640)];
    const depth = groundAlong(camera, 250, xs, ys)!;
    for (const column of [0, 17, 639]) {
      const point = [xs[column]!, ys[column]!, 0] as const;
      expect(depthOf(camera, point)).toBeCloseTo(depth, 6);
      const [x, y] = project(camera, point)!;
      expect(x).toBeCloseTo(column + 0.5, 6);
      expect(y).toBeCloseTo(250, 6);
    }
    expect(groundAlong(camera, -200, xs, ys)).toBeUndefined();
    expect(project(camera, [0, -25, 8])).toBeUndefined();
  });

  it("reckons sines to eight digits", () => {
    for (let angle = -10; angle < 10; angle += 0.37) {
      expect(sine(angle)).toBeCloseTo(Math.sin(angle), 8);
      expect(cosine(angle)).toBeCloseTo(Math.cos(angle), 8);
    }
  });
});
