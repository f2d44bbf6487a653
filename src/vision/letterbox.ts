import type { RgbPicture } from "./picture.ts";

/** YOLOX was trained with this grey around the picture. */
const padding = 114;

export interface Letterbox {
  /** Float32 NCHW [1, 3, height, width], blue green red, 0-255; overwritten by the next picture. */
  readonly input: Float32Array<ArrayBuffer>;
  /** Writes the picture into `input`, at the top left; the answer is input pixels per picture pixel. */
  write(picture: RgbPicture): number;
}

/**
 * Fits pictures of any size into a model's input, keeping their aspect, bilinear with pixel centres aligned
 * (as OpenCV's INTER_LINEAR). One pass over the output, the positions and weights of both axes precomputed.
 */
export function createLetterbox(inputWidth: number, inputHeight: number): Letterbox {
  const plane = inputWidth * inputHeight;
  const input = new Float32Array(3 * plane);
  let fit: Fit | undefined;

  return {
    input,
    write(picture) {
      if (fit?.pictureWidth !== picture.width || fit.pictureHeight !== picture.height) {
        fit = fitInto(inputWidth, inputHeight, picture);
        input.fill(padding);
      }
      if (picture.width === inputWidth && fit.scale === 1) convert(picture, input, plane);
      else resample(picture, fit, input, inputWidth, plane);
      return fit.scale;
    },
  };
}

interface Fit {
  pictureWidth: number;
  pictureHeight: number;
  scale: number;
  columns: Axis;
  rows: Axis;
}

/** For each output position: the first of its two source positions, and the weight of the second. */
interface Axis {
  first: Int32Array;
  weight: Float32Array;
}

function fitInto(inputWidth: number, inputHeight: number, { width, height }: RgbPicture): Fit {
  const scale = Math.min(inputWidth / width, inputHeight / height);
  return {
    pictureWidth: width,
    pictureHeight: height,
    scale,
    columns: axisOf(width, Math.max(1, Math.round(width * scale))),
    rows: axisOf(height, Math.max(1, Math.round(height * scale))),
  };
}

function axisOf(sourceLength: number, length: number): Axis {
  const first = new Int32Array(length);
  const weight = new Float32Array(length);
  for (let i = 0; i < length; i++) {
    const position = ((i + 0.5) * sourceLength) / length - 0.5;
    const clamped = Math.min(Math.max(position, 0), sourceLength - 1);
    // The last position is reached as the second of a pair, so that second = first + 1 holds everywhere.
    first[i] = Math.max(0, Math.min(Math.floor(clamped), sourceLength - 2));
    weight[i] = clamped - first[i]!;
  }
  return { first, weight };
}

/** A picture that fits as it is. */
function convert({ pixels }: RgbPicture, input: Float32Array, plane: number): void {
  for (let blue = 0, from = 0; from < pixels.length; blue++, from += 3) {
    input[blue + 2 * plane] = pixels[from]!;
    input[blue + plane] = pixels[from + 1]!;
    input[blue] = pixels[from + 2]!;
  }
}

function resample(
  picture: RgbPicture,
  fit: Fit,
  input: Float32Array,
  inputWidth: number,
  plane: number,
): void {
  const { pixels, width, height } = picture;
  const { first: lefts, weight: columnWeights } = fit.columns;
  const { first: tops, weight: rowWeights } = fit.rows;
  const right = width > 1 ? 3 : 0;
  const below = height > 1 ? width * 3 : 0;

  for (let y = 0; y < tops.length; y++) {
    const row = tops[y]! * width * 3;
    const lower = rowWeights[y]!;
    const upper = 1 - lower;
    let blue = y * inputWidth;
    for (let x = 0; x < lefts.length; x++, blue++) {
      const columnWeight = columnWeights[x]!;
      const lowerRight = lower * columnWeight;
      const lowerLeft = lower - lowerRight;
      const upperRight = upper * columnWeight;
      const upperLeft = upper - upperRight;
      const a = row + lefts[x]! * 3;
      const b = a + right;
      const c = a + below;
      const d = c + right;
      input[blue + 2 * plane] =
        pixels[a]! * upperLeft + pixels[b]! * upperRight + pixels[c]! * lowerLeft + pixels[d]! * lowerRight;
      input[blue + plane] =
        pixels[a + 1]! * upperLeft +
        pixels[b + 1]! * upperRight +
        pixels[c + 1]! * lowerLeft +
        pixels[d + 1]! * lowerRight;
      input[blue] =
        pixels[a + 2]! * upperLeft +
        pixels[b + 2]! * upperRight +
        pixels[c + 2]! * lowerLeft +
        pixels[d + 2]! * lowerRight;
    }
  }
}
