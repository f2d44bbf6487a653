/** Kafka's variable-length integer: zigzag, 7 bits a byte; up to 2^52 either way. */
export function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value < 0 ? -2 * value - 1 : 2 * value;
  for (; rest > 127; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 128);
  return Buffer.from([...bytes, rest]);
}

/** With its length before it; null's is -1. */
export function sized(value: Buffer | string | null | undefined): Buffer[] {
  if (value == null) return [varint(-1)];
  const bytes = typeof value === "string" ? Buffer.from(value) : value;
  return [varint(bytes.length), bytes];
}
