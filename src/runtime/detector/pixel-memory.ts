import { bytesOf, type RgbPicture } from "../../vision/picture.ts";

/**
 * Pictures' memory, used again: a fresh frame a second and camera would be the collector's main work. It is
 * shared with the workers, so that a picture is neither copied nor handed over and back.
 */
export interface PixelMemory {
  /** A picture of this size with old pixels in it. */
  take(size: { width: number; height: number }): RgbPicture;
  /** Gives the memory back; the picture must not be used any more. */
  give(picture: RgbPicture): void;
}

export function createPixelMemory(): PixelMemory {
  const free = new Map<number, Uint8Array[]>();
  return {
    take({ width, height }) {
      const pixels = free.get(bytesOf({ width, height }))?.pop();
      return {
        pixels: pixels ?? new Uint8Array(new SharedArrayBuffer(bytesOf({ width, height }))),
        width,
        height,
      };
    },
    give({ pixels }) {
      const same = free.get(pixels.length);
      if (same) same.push(pixels);
      else free.set(pixels.length, [pixels]);
    },
  };
}
