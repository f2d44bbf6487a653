/**
 * A set of offsets at and above a watermark as compact text: a bitset, bit n of it for offset watermark + n,
 * least significant bit first, in base64 without padding. Kafka takes 4,000 bytes of commit metadata.
 */
export interface AcknowledgedOffsets {
  has(offset: number): boolean;
  /** Behind the last offset that may be in the set. */
  readonly end: number;
}

const maxTextLength = 4_000;
/** Offsets that fit into the text: 6 bits a character. */
export const maxSpan = maxTextLength * 6;

export function encodeOffsets(watermark: number, end: number, has: (offset: number) => boolean): string {
  const bits = Buffer.alloc(Math.ceil(Math.min(end - watermark, maxSpan) / 8));
  let used = 0;
  for (let index = 0; index < bits.length * 8 && watermark + index < end; index++) {
    if (!has(watermark + index)) continue;
    bits[index >> 3]! |= 1 << (index & 7);
    used = (index >> 3) + 1;
  }
  return bits.toString("base64", 0, used).replace(/=+$/, "");
}

export function decodeOffsets(watermark: number, text: string): AcknowledgedOffsets {
  const bits = Buffer.from(text, "base64");
  return {
    has: (offset) => {
      const index = offset - watermark;
      return index >= 0 && (((bits[index >> 3] ?? 0) >> (index & 7)) & 1) === 1;
    },
    end: watermark + bits.length * 8,
  };
}

export function countOffsets(text: string): number {
  let count = 0;
  for (const byte of Buffer.from(text, "base64")) for (let rest = byte; rest !== 0; rest &= rest - 1) count++;
  return count;
}
