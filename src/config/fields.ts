import { z } from "zod";
import { readDuration, readSize } from "./units.ts";

/** A duration such as "1.8s", in ms. */
export const durationField = withUnit(readDuration, "write a number with its unit: 500ms, 1.8s, 10m, 1h");

/** A size such as "256MB", in bytes. */
export const sizeField = withUnit(readSize, "write a number with its unit: 120KB, 256MB, 2GB");

/** Seconds as the seed's files have them, in ms. */
export const secondsField = z
  .number()
  .positive()
  .transform((seconds) => seconds * 1000);

export const shareField = z.number().min(0).max(1);

function withUnit(read: (text: string) => number | undefined, fix: string) {
  return z.string({ error: fix }).transform((text, context) => {
    const value = read(text);
    if (value !== undefined) return value;
    context.addIssue({ code: "custom", message: fix });
    return z.NEVER;
  });
}
