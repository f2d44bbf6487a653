import { expect, onTestFinished, test } from "vitest";
import { parseSimulatedCamera } from "../../../src/config/simulated-camera.ts";
import { createPixelMemory } from "../../../src/runtime/detector/pixel-memory.ts";
import { acquireRenderer } from "../../../src/simulator/cameras/renderer.ts";
import { pictureSize } from "../../../src/simulator/cameras/scenes/surroundings.ts";

test("pictures of open cameras do not wait for those that are yet to be opened", async () => {
  const memory = createPixelMemory();
  const drawn: string[] = [];
  const [open, ...others] = ["highway?seed=1", "zebra?seed=2", "zebra?seed=3", "zebra?seed=4"].map((url) => {
    const renderer = acquireRenderer(parseSimulatedCamera(url));
    onTestFinished(() => renderer.release());
    return async () => {
      await renderer.draw({ timeMs: 1_000 }, memory.take(pictureSize));
      drawn.push(url);
    };
  });
  await open!();
  drawn.length = 0;
  await Promise.all([...others.map((draw) => draw()), open!()]);
  expect(drawn).toHaveLength(4);
  expect(drawn.indexOf("highway?seed=1")).toBeLessThan(2);
});

test("a camera whose thread ended is refused a picture, not kept waiting for one", async () => {
  const memory = createPixelMemory();
  const [good, bad] = [
    acquireRenderer(parseSimulatedCamera("highway?seed=1")),
    acquireRenderer({ ...parseSimulatedCamera("highway?seed=1"), scene: "nowhere" as "highway" }),
  ];
  await good.draw({ timeMs: 0 }, memory.take(pictureSize));
  const broken = { code: "TMON_SOURCE_BROKEN" };
  await expect(bad.draw({ timeMs: 0 }, memory.take(pictureSize))).rejects.toMatchObject(broken);
  await expect(good.draw({ timeMs: 1_000 }, memory.take(pictureSize))).rejects.toMatchObject(broken);
  await Promise.all([good.release(), bad.release()]);
});

test("a camera that is released is not opened any more: the thread is gone before all would be", async () => {
  const memory = createPixelMemory();
  const drawn: number[] = [];
  const renderers = Array.from({ length: 20 }, (_, index) => {
    const renderer = acquireRenderer(parseSimulatedCamera(`zebra?seed=${index + 1}`));
    void renderer.draw({ timeMs: 0 }, memory.take(pictureSize)).then(() => drawn.push(index));
    return renderer;
  });
  await Promise.all(renderers.map((renderer) => renderer.release()));
  expect(drawn.length).toBeLessThan(20);
});
