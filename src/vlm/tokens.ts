import { jpegSizeOf } from "../vision/jpeg-size.ts";
import type { Usage } from "./failure.ts";
import { type AssessRequest, chatBody, type PromptConfig } from "./prompt.ts";

/** About 0.6 tokens a Chinese character and 0.3 a Latin one. Source: DashScope's rule of thumb. */
export function textTokens(text: string): number {
  const han = text.match(/\p{Script=Han}/gu)?.length ?? 0;
  return Math.ceil(0.6 * han + 0.3 * (text.length - han));
}

/** One token a patch of 32 x 32 pixels and two more, sides rounded. Source: DashScope on Qwen3-VL. */
export function pictureTokens(size: { width: number; height: number }): number {
  const patches = (side: number) => Math.max(1, Math.round(side / 32));
  return patches(size.width) * patches(size.height) + 2;
}

/** The most it may be: models before Qwen3-VL have patches of 28 pixels. Source: DashScope on Qwen2.5-VL. */
export function mostPictureTokens(size: { width: number; height: number }, model: string): number {
  const patches = (side: number) => Math.ceil(side / (/^qwen3/.test(model) ? 32 : 28));
  return patches(size.width) * patches(size.height) + 2;
}

/** The size nearly always stands within the first segments; a frame header behind 48 KB of them is nobody's. */
function sizeOf(base64: Buffer) {
  const within = (length: number) => jpegSizeOf(Buffer.from(base64.toString("latin1", 0, length), "base64"));
  return within(2_048) ?? within(65_536);
}

const noPicture = Buffer.alloc(0);

/** The longest sides a crop has by default. */
const largestCrop = { width: 768, height: 768 };

const systemTokens = new WeakMap<PromptConfig, number>();

/** What all requests of a configuration begin with is counted once. */
function messagesTokens(request: AssessRequest, config: PromptConfig): number {
  const [system, ...others] = chatBody({ ...request, picture: noPicture }, "", config).messages;
  const ofSystem = systemTokens.get(config) ?? textTokens(JSON.stringify(system));
  systemTokens.set(config, ofSystem);
  return ofSystem + textTokens(JSON.stringify(others));
}

/** The most a call about this group may use: its prompt, and an answer as long as it may be. */
export function mostUsage(request: AssessRequest, config: PromptConfig, model: string): Usage {
  const picture = mostPictureTokens(sizeOf(request.picture) ?? largestCrop, model);
  return { promptTokens: messagesTokens(request, config) + picture, completionTokens: config.maxTokens };
}

/** The same for the largest picture of a pair. */
export function usageOfLargest(config: PromptConfig, model: string): Usage {
  const object = { objectId: 0, class: "person" as const, confidence: 0.99, bbox: [1000, 1000, 1999, 1999] };
  const request = {
    groupIndex: 1,
    picture: noPicture,
    detectedObjects: [object, object],
    groupMetadata: { objectCount: 2, classes: [object.class], bbox: object.bbox },
    imageWidth: 1920,
    imageHeight: 1080,
  };
  return mostUsage(request as AssessRequest, config, model);
}
