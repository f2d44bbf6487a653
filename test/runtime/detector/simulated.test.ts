import { createHash } from "node:crypto";
import { describe, expect, it, vi } from "vitest";
import { Secret } from "../../../src/config/secret.ts";
import { createPixelMemory } from "../../../src/runtime/detector/pixel-memory.ts";
import { openSource, openSources } from "../../../src/runtime/detector/sources/open.ts";
import { tryCamera } from "../../../src/runtime/detector/sources/try.ts";
import { openRenderedCamera } from "../../../src/simulator/cameras/camera.ts";
import { createStudio } from "../../../src/simulator/cameras/render.ts";
import { acquireRenderer } from "../../../src/simulator/cameras/renderer.ts";
import type { RgbPicture } from "../../../src/vision/picture.ts";

const url = "sim:highway?seed=4";
const spec = { scene: "highway", seed: 4, weather: "day" } as const;
const camera = {
  id: "cam-1",
  url: new Secret(url),
  shownUrl: url,
  source: "sim",
  intervalMs: 100,
  weight: 1,
} as const;
const hashOf = ({ pixels }: RgbPicture) => createHash("sha256").update(pixels).digest("hex");
const openAtOnce = { timeout: 60_000 };

describe("a simulated source", openAtOnce, () => {
  it("needs no ffmpeg", async () => {
    const path = process.env.PATH;
    process.env.PATH = "";
    try {
      await expect(openSources([camera], 1)).resolves.toHaveLength(1);
    } finally {
      process.env.PATH = path;
    }
  });

  it("delivers picture after picture until it is stopped, and may be played again", async () => {
    const source = await openSource(camera);
    const memory = createPixelMemory();
    for (const wanted of [3, 2]) {
      const stop = new AbortController();
      const hashes: string[] = [];
      await source.play({
        ...{ intervalMs: 100, phaseMs: 30, memory, signal: stop.signal },
        onPicture(picture) {
          hashes.push(hashOf(picture));
          memory.give(picture);
          if (hashes.length === wanted) stop.abort();
        },
      });
      expect(new Set(hashes).size).toBe(wanted);
    }
  });

  it("says of each picture how old the moment is that it shows, from its first one on", async () => {
    // The clock stands still here, not on the thread that draws: so moments are told to the millisecond.
    vi.useFakeTimers({ toFake: ["Date"] });
    const source = await openSource(camera);
    const memory = createPixelMemory();
    const taken: { at: number; hash: string }[] = [];
    const stop = new AbortController();
    try {
      await source.play({
        ...{ intervalMs: 100, phaseMs: 30, memory, signal: stop.signal },
        onPicture(picture, ageMs = 0) {
          taken.push({ at: Date.now() - ageMs, hash: hashOf(picture) });
          if (taken.length === 3) stop.abort();
        },
      });
    } finally {
      vi.useRealTimers();
    }
    const here = openRenderedCamera(spec, createStudio());
    const picture = memory.take({ width: 640, height: 360 });
    expect(new Set(taken.map(({ at }) => at)).size).toBe(3);
    for (const { at, hash } of taken) {
      here.draw(at - taken[0]!.at, picture);
      expect(hashOf(picture)).toBe(hash);
    }
  });

  it("is drawn on another thread, with the same pixels, while this one goes on", async () => {
    const renderer = acquireRenderer(spec);
    let turns = 0;
    const counting = setInterval(() => turns++, 1);
    const picture = createPixelMemory().take({ width: 640, height: 360 });
    await renderer.draw({ timeMs: 1800 }, picture);
    clearInterval(counting);
    await renderer.release();
    expect(turns).toBeGreaterThan(0);
    const here = { ...picture, pixels: new Uint8Array(picture.pixels.length) };
    openRenderedCamera(spec, createStudio()).draw(1800, here);
    expect(hashOf(picture)).toBe(hashOf(here));
  });

  it("shares its thread with other cameras, each at its own time", async () => {
    const memory = createPixelMemory();
    const [first, second] = [acquireRenderer(spec), acquireRenderer(spec)];
    const pictures = [0, 0, 0].map(() => memory.take({ width: 640, height: 360 }));
    await Promise.all([
      first.draw({ timeMs: 9000 }, pictures[0]!),
      second.draw({ timeMs: 1800 }, pictures[1]!),
    ]);
    await first.draw({ timeMs: 9000 }, pictures[2]!);
    await first.release();
    await second.release();
    expect(hashOf(pictures[2]!)).toBe(hashOf(pictures[0]!));
    expect(hashOf(pictures[1]!)).not.toBe(hashOf(pictures[0]!));
  });

  it("shows the moment at which its turn comes, not the one at which it was asked for a picture", async () => {
    const memory = createPixelMemory();
    const [busy, waiting] = [acquireRenderer(spec), acquireRenderer({ ...spec, seed: 5 })];
    const [first, second] = [0, 0].map(() => memory.take({ width: 640, height: 360 }));
    const opening = busy.draw({ timeMs: 0 }, first!);
    const shown = await waiting.draw({ beganAt: Date.now() }, second!);
    await Promise.all([opening, busy.release(), waiting.release()]);
    expect(shown).toBeGreaterThan(0);
    const here = { ...second!, pixels: new Uint8Array(second!.pixels.length) };
    openRenderedCamera({ ...spec, seed: 5 }, createStudio()).draw(shown, here);
    expect(hashOf(second!)).toBe(hashOf(here));
  });

  it("can be tried: its first picture, and that it is rendered", async () => {
    const trial = await tryCamera(camera);
    expect(trial).toMatchObject({
      kind: "simulated",
      rhythm: { codec: "rendered", width: 640, height: 360 },
    });
  });
});
