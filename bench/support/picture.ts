import sharp from "sharp";

/** A square JPEG in base64: as small as can be, or of noise: with 200 pixels a side about 30 KB. */
export async function drawPicture(side: number, noisy: boolean): Promise<string> {
  const noise = { type: "gaussian" as const, mean: 128, sigma: 40 };
  const create = { width: side, height: side, channels: 3 as const, background: "grey" };
  const image = sharp({ create: noisy ? { ...create, noise } : create });
  return (await image.jpeg({ quality: 85 }).toBuffer()).toString("base64");
}
