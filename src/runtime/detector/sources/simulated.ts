import { setTimeout as delay } from "node:timers/promises";
import { parseSimulatedCamera } from "../../../config/simulated-camera.ts";
import { onAbort } from "../../../on-abort.ts";
import { acquireRenderer } from "../../../simulator/cameras/renderer.ts";
import { pictureSize } from "../../../simulator/cameras/scenes/surroundings.ts";
import type { RgbPicture } from "../../../vision/picture.ts";
import type { PixelMemory } from "../pixel-memory.ts";
import type { PlayOptions, Source } from "./source.ts";

/**
 * A rendered camera, `sim:SCENE?seed=N&weather=W`: drawn when a picture is wanted, and only then. Its time begins
 * at 0 with its first picture, and goes on when it is played again.
 * @throws TmonError TMON_SOURCE_UNSUPPORTED
 */
export function openSimulatedSource(url: string): Source {
  const camera = parseSimulatedCamera(url.slice("sim:".length));
  let beganAt: number | undefined;

  async function play({ intervalMs, phaseMs, memory, onPicture, signal }: PlayOptions): Promise<undefined> {
    const renderer = acquireRenderer(camera);
    try {
      while (!signal.aborted) {
        const picture = memory.take(pictureSize);
        const moment = beganAt === undefined ? { timeMs: 0 } : { beganAt };
        const timeMs = await untilAborted(signal, renderer.draw(moment, picture));
        // Not given back to the memory: it may be drawn all the same.
        if (timeMs === undefined || signal.aborted) return;
        // The first one takes long: only then is there a thread that draws.
        beganAt ??= Date.now();
        onPicture(picture, Date.now() - (beganAt + timeMs));
        const turn = Math.floor((Date.now() - phaseMs) / intervalMs) + 1;
        await delay(turn * intervalMs + phaseMs - Date.now(), undefined, { signal }).catch(() => {});
      }
    } finally {
      await renderer.release();
    }
  }

  return {
    play,
    // A thread that draws many is slow at worst; one that is gone says so.
    patience: () => ({ firstMs: Number.POSITIVE_INFINITY, nextMs: Number.POSITIVE_INFINITY }),
  };
}

/** Undefined once it is aborted. */
async function untilAborted<T>(signal: AbortSignal, work: Promise<T>): Promise<T | undefined> {
  let forget = () => {};
  const aborted = new Promise<undefined>((resolve) => {
    forget = onAbort(signal, () => resolve(undefined));
  });
  return Promise.race([work, aborted]).finally(forget);
}

/** A rendered camera's first picture. */
export async function drawOnce(url: string, memory: PixelMemory): Promise<RgbPicture> {
  const renderer = acquireRenderer(parseSimulatedCamera(url.slice("sim:".length)));
  const picture = memory.take(pictureSize);
  try {
    await renderer.draw({ timeMs: 0 }, picture);
    return picture;
  } finally {
    await renderer.release();
  }
}
