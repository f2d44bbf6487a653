/**
 * A software rasteriser's canvas. Samples stand twice as dense as pixels in both directions, so that edges are
 * smooth; each has a colour, a depth (1 / distance) and the number of the thing it shows. A sample that nothing was
 * drawn on in this picture shows the background, whatever stands in it from earlier ones: numbers grow from picture
 * to picture, so that nothing need be cleared.
 */
export interface Canvas {
  /** Of the picture, pixels. */
  readonly width: number;
  readonly height: number;
  /** Samples, row after row. */
  readonly colours: Uint32Array;
  readonly depths: Float32Array;
  /** What is seen: `base` + a thing's number. */
  readonly ids: Int32Array;
  /** What covered a sample last, seen or hidden. */
  readonly covers: Int32Array;
  /** Whether `shapes` are counted. */
  counts: boolean;
  /** By number: samples of the thing's whole shape inside the picture, hidden or not. */
  readonly shapes: Uint32Array;
  /** By tile: the base of the last picture that something was drawn for there. */
  readonly tiles: Int32Array;
  readonly columns: number;
  base: number;
  background: Background;
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
/** A tile is 2 ** this pixels in each direction. */
export const tileBits = 4;
/** Numbers of a picture: 0 is the ground, where a shadow or a light lies on it. */
export const mostThings = 1024;
export const depthUnit = 32_767;

export function createCanvas(width: number, height: number): Canvas {
  const samples = width * height * dense * dense;
  const columns = (width >> tileBits) + 1;
  return {
    ...{ width, height, columns },
    colours: new Uint32Array(samples),
    depths: new Float32Array(samples),
    ids: new Int32Array(samples),
    covers: new Int32Array(samples),
    shapes: new Uint32Array(mostThings),
    tiles: new Int32Array(columns * ((height >> tileBits) + 1)),
    base: 0,
    counts: false,
    background: noBackground(width, height),
    shiftX: 0,
    shiftY: 0,
  };
}

export function noBackground(width: number, height: number): Background {
  const pixels = width * height;
  return { pixels: new Uint32Array(pixels), depths: new Uint16Array(pixels), width, margin: 0 };
}

export function beginPicture(
  canvas: Canvas,
  background: Background,
  [shiftX, shiftY]: readonly [number, number] = [0, 0],
  counts = false,
): void {
  canvas.base += mostThings;
  // Numbers begin anew before they get too large.
  if (canvas.base > 2 ** 30) {
    canvas.base = mostThings;
    for (const numbers of [canvas.ids, canvas.covers, canvas.tiles]) numbers.fill(0);
  }
  canvas.background = background;
  canvas.shiftX = shiftX;
  canvas.shiftY = shiftY;
  canvas.counts = counts;
  canvas.shapes.fill(0);
}

/** Where a pixel's background stands. */
export function backgroundAt({ background, shiftX, shiftY }: Canvas, x: number, y: number): number {
  return (y + background.margin + shiftY) * background.width + x + background.margin + shiftX;
}

/** Notes that something is drawn within these rows and columns of samples. */
export function touch(
  { tiles, columns, base }: Canvas,
  left: number,
  top: number,
  right: number,
  bottom: number,
): void {
  const bits = tileBits + 1;
  const last = right >> bits;
  for (let row = top >> bits; row <= bottom >> bits; row++)
    for (let column = left >> bits; column <= last; column++) tiles[row * columns + column] = base;
}
