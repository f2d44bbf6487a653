/** Raw pixels: 3 bytes each (red, green, blue), row after row without padding. */
export interface RgbPicture {
  readonly pixels: Uint8Array;
  readonly width: number;
  readonly height: number;
}

export function bytesOf({ width, height }: { width: number; height: number }): number {
  return width * height * 3;
}
