import { promisify } from "node:util";
import { gunzip, gzip } from "node:zlib";
import { decompress as decompressZstd } from "fzstd";
import kafkajs from "kafkajs";
import snappy from "kafkajs-snappy";
import { compressFrame, decompressFrame } from "lz4-napi";
import { placeholders, readsWell } from "./record-batch.ts";

interface Codec {
  /** Absent where tmon only reads. */
  compress?(bytes: Buffer): Buffer | Promise<Buffer>;
  decompress(bytes: Buffer): Buffer | Promise<Buffer>;
}

/** By Kafka's number; 0 is no compression, whose batches are looked at all the same. */
const codecs: Record<number, Codec> = {
  0: { decompress: (bytes) => bytes },
  1: { compress: promisify(gzip) as (bytes: Buffer) => Promise<Buffer>, decompress: promisify(gunzip) },
  2: {
    compress: (bytes) => snappy().compress({ buffer: bytes }),
    decompress: (bytes) => snappy().decompress(bytes),
  },
  3: { compress: (bytes) => compressFrame(bytes), decompress: (bytes) => decompressFrame(bytes) },
  4: { decompress: (bytes) => Buffer.from(decompressZstd(bytes)) },
};

/** @param number Kafka's, of a codec that tmon writes */
export function compressWith(number: number, bytes: Buffer): Buffer | Promise<Buffer> {
  return codecs[number]!.compress!(bytes);
}

/**
 * The library has gzip alone, and one batch it cannot decode ends its consumer for good, and then the next
 * member's. So every batch is read on trial first; in place of one that does not read there come placeholders.
 */
export function registerCodecs(): void {
  for (const [number, { decompress }] of Object.entries(codecs))
    kafkajs.CompressionCodecs[Number(number) as 1] = () => ({
      async decompress(bytes: Buffer) {
        const records = await Promise.resolve(bytes)
          .then(decompress)
          .catch(() => undefined);
        return records !== undefined && readsWell(records, bytes) ? records : placeholders(bytes);
      },
    });
}
