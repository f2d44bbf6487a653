/** A library that brings no types. */
declare module "kafkajs-snappy" {
  export default function snappy(): {
    compress(encoder: { buffer: Buffer }): Promise<Buffer>;
    decompress(bytes: Buffer): Promise<Buffer>;
  };
}
