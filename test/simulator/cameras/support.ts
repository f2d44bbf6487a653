import type { SceneName, SimulatedCamera } from "../../../src/config/simulated-camera.ts";
import { openRenderedCamera } from "../../../src/simulator/cameras/camera.ts";
import { createStudio } from "../../../src/simulator/cameras/render.ts";
import { openScene } from "../../../src/simulator/cameras/scenes/open.ts";
import { pictureSize } from "../../../src/simulator/cameras/scenes/surroundings.ts";
import { poseOf, type Vehicle } from "../../../src/simulator/cameras/traffic/vehicle.ts";
import { createWorld, type World } from "../../../src/simulator/cameras/traffic/world.ts";
import { bytesOf } from "../../../src/vision/picture.ts";

export function newPicture() {
  return { ...pictureSize, pixels: new Uint8Array(bytesOf(pictureSize)) };
}

export function open(camera: Partial<SimulatedCamera> & { scene: SceneName }) {
  return openRenderedCamera({ seed: 1, weather: "day", ...camera }, createStudio());
}

/** Traffic alone, without scripts and pictures. */
export function worldOf(scene: SceneName, seed: number): World {
  return createWorld(openScene(scene, seed), "day", seed);
}

/** Whether the ground two vehicles cover overlaps. By the separating axis theorem. */
export function collide(a: Vehicle, b: Vehicle): boolean {
  const [p, q] = [poseOf(a), poseOf(b)];
  const axes = [p, q].flatMap(({ dx, dy }) => [
    [dx, dy],
    [-dy, dx],
  ]) as [number, number][];
  return axes.every(([x, y]) => {
    const reach = ({ dx, dy }: typeof p, { look }: Vehicle) =>
      (Math.abs(dx * x + dy * y) * look.length + Math.abs(dx * y - dy * x) * look.width) / 2;
    return Math.abs((p.x - q.x) * x + (p.y - q.y) * y) < reach(p, a) + reach(q, b);
  });
}
