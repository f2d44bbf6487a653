/** How long the newest frame of a camera is kept. */
export const frameTtlMs = 30_000;

/** The store's key of a camera's newest frame. */
export function frameKey(cameraId: string): string {
  return `tmon:frame:${cameraId}`;
}

/** A camera's newest frame, as the store holds it. */
export interface StoredFrame {
  /** The detection it belongs to. */
  messageId: string;
  jpeg: Buffer;
}

const lineFeed = 0x0a;

/** Layout: the messageId, a line feed, the JPEG's bytes. */
export function encodeStoredFrame({ messageId, jpeg }: StoredFrame): Buffer {
  return Buffer.concat([Buffer.from(`${messageId}\n`), jpeg]);
}

/** The frame as it was stored; undefined if the bytes are not of that layout. */
export function decodeStoredFrame(value: Buffer): StoredFrame | undefined {
  const end = value.indexOf(lineFeed);
  if (end < 1) return undefined;
  return { messageId: value.toString("utf8", 0, end), jpeg: value.subarray(end + 1) };
}
