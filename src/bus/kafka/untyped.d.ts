/** Libraries that bring no types. */
declare module "kafkajs-snappy" {
  export default function snappy(): {
    compress(encoder: { buffer: Buffer }): Promise<Buffer>;
    decompress(bytes: Buffer): Promise<Buffer>;
  };
}

declare module "lz4js" {
  const lz4: {
    /** LZ4 frames. */
    compress(bytes: Uint8Array): Uint8Array;
    decompress(bytes: Uint8Array): Uint8Array;
  };
  export default lz4;
}
