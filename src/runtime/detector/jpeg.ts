import sharp, { type Sharp } from "sharp";
import type { Rectangle } from "../../vision/crop.ts";
import type { RgbPicture } from "../../vision/picture.ts";

// Every picture is another one: libvips' cache would only hold memory. One thread a picture: the cores are
// busy with inference, and many pictures are encoded at once.
sharp.cache(false);
sharp.concurrency(1);

export interface Jpeg {
  readonly bytes: Buffer;
  readonly width: number;
  readonly height: number;
}

export interface JpegLimits {
  /** Longer side, px. */
  maxSidePx: number;
  maxBytes: number;
}

const quality = 80;
const smallerQualities = [60, 40];
const leastSidePx = 11;

/** Encodes a whole picture, in its size. */
export async function encodeJpeg(picture: RgbPicture): Promise<Jpeg> {
  return { ...sizeOf(picture), bytes: await toBytes(sharpOf(picture), quality) };
}

/** Encodes a part of a picture within the limits: scaled down first, then coarser, then smaller still. */
export async function encodeWithin(picture: RgbPicture, part: Rectangle, limits: JpegLimits): Promise<Jpeg> {
  const image = () => sharpOf(picture).extract(part);
  const fits = Math.max(part.width, part.height) <= limits.maxSidePx;
  const jpeg = fits
    ? { ...sizeOf(part), bytes: await toBytes(image(), quality) }
    : await resized(image, scaledTo(part, limits.maxSidePx), quality);
  if (jpeg.bytes.length <= limits.maxBytes) return jpeg;
  return smaller(image, jpeg, limits.maxBytes);
}

/** Encodes a JPEG again to at most `maxBytes`; if that is not possible, the smallest that is. */
export function shrinkJpeg(jpeg: Jpeg, maxBytes: number): Promise<Jpeg> {
  return smaller(() => sharp(jpeg.bytes), jpeg, maxBytes);
}

async function smaller(image: () => Sharp, start: Jpeg, maxBytes: number): Promise<Jpeg> {
  let smallest = start;
  const keepIfSmaller = async (size: Size, quality: number) => {
    const jpeg = await resized(image, size, quality);
    if (jpeg.bytes.length < smallest.bytes.length) smallest = jpeg;
    return smallest.bytes.length <= maxBytes;
  };
  for (const quality of smallerQualities) if (await keepIfSmaller(start, quality)) return smallest;
  for (let side = Math.max(start.width, start.height) * 0.7; side >= 2 * leastSidePx; side *= 0.7) {
    if (await keepIfSmaller(scaledTo(start, side), smallerQualities[0]!)) return smallest;
  }
  return smallest;
}

interface Size {
  width: number;
  height: number;
}

/** The same aspect with this longer side, but no side too short for the VLM. */
function scaledTo({ width, height }: Size, longerSide: number): Size {
  const scale = longerSide / Math.max(width, height);
  const side = (length: number) => Math.max(Math.min(length, leastSidePx), Math.round(length * scale));
  return { width: side(width), height: side(height) };
}

async function resized(image: () => Sharp, { width, height }: Size, quality: number): Promise<Jpeg> {
  return { width, height, bytes: await toBytes(image().resize(width, height, { fit: "fill" }), quality) };
}

/** Without optimised Huffman tables: a tenth more bytes for half the time. */
function toBytes(image: Sharp, quality: number): Promise<Buffer> {
  return image.jpeg({ quality, optimiseCoding: false }).toBuffer();
}

function sharpOf({ pixels, width, height }: RgbPicture): Sharp {
  return sharp(pixels, { raw: { width, height, channels: 3 } });
}

function sizeOf({ width, height }: Size): Size {
  return { width, height };
}
