/** Memory of requests that are over, for those to come. */
export interface BodyMemory {
  /** So many bytes, of any content. */
  take(bytes: number): Buffer;
  /** Nobody reads it any more. */
  giveBack(body: Buffer): void;
}

/** Kept for later, at most. */
const mostKeptBytes = 32 * 1024 * 1024;
/** Sizes are rounded up to this, so that a body finds room where another was. */
const stepBytes = 16 * 1024;

/**
 * Bodies are written into memory that was used before: with a picture's worth of new memory for each call the garbage
 * collector would go through all that lives every few hundred calls, which takes longer than the calls themselves.
 */
export function createBodyMemory(): BodyMemory {
  const kept: ArrayBufferLike[] = [];
  let keptBytes = 0;

  return {
    take(bytes) {
      const memory = kept.pop();
      if (memory) keptBytes -= memory.byteLength;
      if (memory && memory.byteLength >= bytes) return Buffer.from(memory, 0, bytes);
      const size = Math.ceil(bytes / stepBytes) * stepBytes;
      return Buffer.allocUnsafeSlow(size).subarray(0, bytes);
    },
    giveBack({ buffer }) {
      if (keptBytes + buffer.byteLength > mostKeptBytes) return;
      kept.push(buffer);
      keptBytes += buffer.byteLength;
    },
  };
}
