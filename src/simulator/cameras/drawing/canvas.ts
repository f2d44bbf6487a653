import { openRaster, type Raster } from "./raster.ts";

/**
 * A software rasteriser's canvas. Samples stand twice as dense as pixels in both directions, so that edges are
 * smooth; each has a colour, a depth (1 / distance) and the number of the thing it shows. A sample that nothing was
 * drawn on in this picture shows its pixel, whatever stands in it from earlier ones: numbers grow from picture to
 * picture, so that nothing need be cleared.
 */
export interface Canvas {
  /** What draws on it; colours, depths, ids, spans, pixels and still stand in its memory, one behind the other. */
  readonly raster: Raster;
  /** Of the picture, pixels; the width is a multiple of 4. */
  readonly width: number;
  readonly height: number;
  /** The picture, 0xffbbggrr: at first the background, in the end what the samples show. */
  readonly pixels: Uint32Array;
  /** Depths of what stands still, as the background's. */
  readonly still: Uint16Array;
  /** Samples, row after row. */
  readonly colours: Uint32Array;
  readonly depths: Float32Array;
  /** What is seen: `base` + a thing's number. */
  readonly ids: Int32Array;
  /** By row of samples, of the polygon that is being drawn: its first column, and the one behind its last. */
  readonly spans: Int32Array;
  /** What covered a sample last, seen or hidden. */
  readonly covers: Int32Array;
  /** Whether `shapes` are counted. */
  counts: boolean;
  /** By number: samples of the thing's whole shape inside the picture, hidden or not. */
  readonly shapes: Uint32Array;
  /** By strip of a row of pixels: the base of the last picture in which samples were drawn there. */
  readonly strips: Int32Array;
  /** Strips a row. */
  readonly columns: number;
  base: number;
  /** The background's shift, pixels. */
  shiftX: number;
  shiftY: number;
}

/** A picture with `margin` pixels more on each side, for a camera that shakes. */
export interface Background {
  /** 0xffbbggrr. */
  readonly pixels: Uint32Array;
  /** 1 / distance of what stands there and may hide what moves, times `depthUnit`; 0 = nothing. */
  readonly depths: Uint16Array;
  readonly width: number;
  readonly margin: number;
}

/** Samples a pixel, in each direction. */
export const dense = 2;
/** A strip is 2 ** this pixels. */
export const stripBits = 4;
/** Numbers of a picture: 0 is the ground, where a shadow or a light lies on it. */
export const mostThings = 1024;
export const depthUnit = 32_767;

export function createCanvas(width: number, height: number): Canvas {
  const pixels = width * height;
  const samples = pixels * dense * dense;
  const columns = (width >> stripBits) + 1;
  const spans = 2 * dense * height;
  const raster = openRaster(4 * (3 * samples + spans + pixels) + 2 * pixels);
  const { buffer } = raster.memory;
  return {
    raster,
    ...{ width, height, columns },
    colours: new Uint32Array(buffer, 0, samples),
    depths: new Float32Array(buffer, 4 * samples, samples),
    ids: new Int32Array(buffer, 2 * 4 * samples, samples),
    spans: new Int32Array(buffer, 3 * 4 * samples, spans),
    pixels: new Uint32Array(buffer, 4 * (3 * samples + spans), pixels),
    still: new Uint16Array(buffer, 4 * (3 * samples + spans + pixels), pixels),
    covers: new Int32Array(samples),
    shapes: new Uint32Array(mostThings),
    strips: new Int32Array(columns * height),
    base: 0,
    counts: false,
    shiftX: 0,
    shiftY: 0,
  };
}

/** Without a background it is drawn on what is there. */
export function beginPicture(
  canvas: Canvas,
  background?: Background,
  [shiftX, shiftY]: readonly [number, number] = [0, 0],
  counts = false,
): void {
  canvas.base += mostThings;
  // Numbers begin anew before they get too large.
  if (canvas.base > 2 ** 30) {
    canvas.base = mostThings;
    for (const numbers of [canvas.ids, canvas.covers, canvas.strips]) numbers.fill(0);
  }
  canvas.shiftX = shiftX;
  canvas.shiftY = shiftY;
  canvas.counts = counts;
  canvas.shapes.fill(0);
  if (background) show(canvas, background);
  else canvas.still.fill(0);
}

function show({ pixels, still, width, height, shiftX, shiftY }: Canvas, background: Background): void {
  const left = background.margin + shiftX;
  const top = background.margin + shiftY;
  for (let y = 0; y < height; y++) {
    const from = (top + y) * background.width + left;
    pixels.set(background.pixels.subarray(from, from + width), y * width);
    still.set(background.depths.subarray(from, from + width), y * width);
  }
}

/** Notes that samples of a row are drawn, `to` not among them. */
export function touch({ strips, columns, base }: Canvas, row: number, from: number, to: number): void {
  const first = (row >> 1) * columns;
  const last = (to - 1) >> (stripBits + 1);
  for (let column = from >> (stripBits + 1); column <= last; column++) strips[first + column] = base;
}
