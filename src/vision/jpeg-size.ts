/** Width and height by the frame header; undefined if there is none. Source: ITU-T T.81 §B.2.2. */
export function jpegSizeOf(jpeg: Buffer): { width: number; height: number } | undefined {
  let at = 2;
  while (at + 9 <= jpeg.length && jpeg[at] === 0xff) {
    const marker = jpeg.readUInt8(at + 1);
    // SOF0 to SOF15, less the three markers among them that are no frame headers.
    if (marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker))
      return { height: jpeg.readUInt16BE(at + 5), width: jpeg.readUInt16BE(at + 7) };
    at += 2 + jpeg.readUInt16BE(at + 2);
  }
  return undefined;
}
