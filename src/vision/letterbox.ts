import { openLetterboxRow } from "./letterbox-row.ts";
import type { RgbPicture } from "./picture.ts";

/** YOLOX was trained with this grey around the picture. */
const padding = 114;

export interface Letterbox {
  /** Fits the picture in at the top left. The next picture overwrites the answer. */
  fit(picture: RgbPicture): Fitted;
}

export interface Fitted {
  /** Float32 NCHW [1, 3, height, width], blue green red, 0-255. */
  readonly input: Float32Array<ArrayBuffer>;
  /** Input pixels per picture pixel. */
  readonly scale: number;
}

/**
 * Fits pictures of any size into a model's input, keeping their aspect, bilinear with pixel centres aligned
 * (as OpenCV's INTER_LINEAR). The positions and weights of both axes are precomputed; a row is a call of
 * letterbox-row.wat, which takes a quarter of JavaScript's time.
 *
 * Its memory, from 0: the input, the columns' positions and weights, the picture.
 */
export function createLetterbox(inputWidth: number, inputHeight: number): Letterbox {
  const planeBytes = 4 * inputWidth * inputHeight;
  const columnsAt = 3 * planeBytes;
  const pictureAt = columnsAt + columnBytes * inputWidth;
  const { memory, resampleRow } = openLetterboxRow();
  const input = () => new Float32Array(memory.buffer, 0, columnsAt / 4);
  let axes: Axes | undefined;

  function prepare(picture: RgbPicture): Axes {
    const lack = pictureAt + bytesRead(picture) - memory.buffer.byteLength;
    if (lack > 0) memory.grow(Math.ceil(lack / pageBytes));
    input().fill(padding);
    const axes = axesOf(inputWidth, inputHeight, picture);
    writeColumns(axes.columns, new DataView(memory.buffer, columnsAt));
    return axes;
  }

  return {
    fit(picture) {
      if (axes?.width !== picture.width || axes.height !== picture.height) axes = prepare(picture);
      const { columns, rows, scale } = axes;
      const columnsEnd = columnsAt + columnBytes * columns.length;
      const rowBytes = 3 * picture.width;
      new Uint8Array(memory.buffer, pictureAt).set(picture.pixels);
      for (const [y, { first, weight }] of rows.entries()) {
        const above = pictureAt + first * rowBytes;
        const [aboveWeight, belowWeight] = [(1 - weight) / fullWeight, weight / fullWeight];
        const out = 4 * inputWidth * y;
        resampleRow(
          columnsAt,
          columnsEnd,
          above,
          above + rowBytes,
          aboveWeight,
          belowWeight,
          out,
          planeBytes,
        );
      }
      return { input: input(), scale };
    },
  };
}

interface Axes {
  /** Of the picture. */
  width: number;
  height: number;
  scale: number;
  columns: Position[];
  rows: Position[];
}

/** Where an output position lies: the first of its two source positions, and the weight of the second. */
interface Position {
  first: number;
  weight: number;
}

function axesOf(inputWidth: number, inputHeight: number, { width, height }: RgbPicture): Axes {
  const scale = Math.min(inputWidth / width, inputHeight / height);
  const columns = positions(width, Math.max(1, Math.round(width * scale)));
  const rows = positions(height, Math.max(1, Math.round(height * scale)));
  return { width, height, scale, columns, rows };
}

function positions(sourceLength: number, length: number): Position[] {
  return Array.from({ length }, (_, i) => {
    const position = ((i + 0.5) * sourceLength) / length - 0.5;
    const clamped = Math.min(Math.max(position, 0), sourceLength - 1);
    // The last position is reached as the second of a pair, so that second = first + 1 holds everywhere.
    const first = Math.max(0, Math.min(Math.floor(clamped), sourceLength - 2));
    return { first, weight: clamped - first };
  });
}

const pageBytes = 65_536;
const columnBytes = 8;
/** Both weights of a column together, as the assembly has them. */
const fullWeight = 32_767;

/** The bytes the assembly touches: with weight 0 also a row below the last one and a pixel beyond. */
function bytesRead({ width, height }: RgbPicture): number {
  return 3 * width * (height + 1) + 8;
}

function writeColumns(columns: readonly Position[], table: DataView): void {
  for (const [index, { first, weight }] of columns.entries()) {
    const next = Math.round(weight * fullWeight);
    table.setInt32(columnBytes * index, 3 * first, true);
    table.setInt16(columnBytes * index + 4, fullWeight - next, true);
    table.setInt16(columnBytes * index + 6, next, true);
  }
}
