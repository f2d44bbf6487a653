import { expect, test } from "vitest";
import { chatBody } from "../../src/vlm/prompt.ts";
import { mostPictureTokens, mostUsage, textTokens } from "../../src/vlm/tokens.ts";
import { aRequest } from "./request.ts";

const config = {
  language: "zh" as const,
  thresholds: { low: 0.45, medium: 0.65, high: 0.8 },
  maxTokens: 300,
};
const model = "qwen3-vl-plus";

/** A JPEG's start in base64: so many bytes of a segment that says nothing, then the frame header. */
function aPicture({ width, height }: { width: number; height: number }, before: number): Buffer {
  const segment = Buffer.alloc(before + 4);
  segment.writeUInt16BE(0xffe1, 0);
  segment.writeUInt16BE(before + 2, 2);
  const frame = Buffer.from([0xff, 0xc0, 0, 17, 8, 0, 0, 0, 0, 3]);
  frame.writeUInt16BE(height, 5);
  frame.writeUInt16BE(width, 7);
  return Buffer.from(Buffer.concat([Buffer.from([0xff, 0xd8]), segment, frame]).toString("base64"));
}

test.each([0, 20_000])("a picture's size is read behind %d bytes of other segments", (before) => {
  const tokensOf = (picture: Buffer) => mostUsage(aRequest({ picture }), config, model).promptTokens;
  const small = { width: 64, height: 64 };
  const large = { width: 640, height: 320 };
  expect(tokensOf(aPicture(large, before)) - tokensOf(aPicture(small, before))).toBe(
    mostPictureTokens(large, model) - mostPictureTokens(small, model),
  );
});

test("the whole prompt counts, for each configuration its own", () => {
  for (const language of ["zh", "en", "zh"] as const) {
    const picture = aPicture({ width: 64, height: 64 }, 0);
    const own = { ...config, language };
    const { messages } = chatBody(aRequest({ picture: Buffer.alloc(0) }), model, own);
    const text =
      mostUsage(aRequest({ picture }), own, model).promptTokens -
      mostPictureTokens({ width: 64, height: 64 }, model);
    expect(text - textTokens(JSON.stringify(messages))).toBeLessThanOrEqual(2);
    expect(text).toBeGreaterThanOrEqual(textTokens(JSON.stringify(messages)));
  }
});
