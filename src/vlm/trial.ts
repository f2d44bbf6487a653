import type { Usage } from "./failure.ts";
import { mostPictureTokens, textTokens } from "./tokens.ts";

/** A red square in the middle of white, as JPEG in base64: small, and sides are over the 10 px they must have. */
export const trialPicture =
  "/9j/2wBDABALDA4MChAODQ4SERATGCgaGBYWGDEjJR0oOjM9PDkzODdASFxOQERXRTc4UG1RV19iZ2hnPk1xeXBkeFxlZ2P/2wBDARESEhgVGC8a" +
  "Gi9jQjhCY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2P/wAARCABAAEADASIAAhEBAxEB/8QAFQABAQAA" +
  "AAAAAAAAAAAAAAAAAAf/xAAUEAEAAAAAAAAAAAAAAAAAAAAA/8QAFgEBAQEAAAAAAAAAAAAAAAAAAAUG/8QAFBEBAAAAAAAAAAAAAAAAAAAAAP/a" +
  "AAwDAQACEQMRAD8AoAAAAAAAAAAJKAlt4AArQCowYACSgJbeAAK0AqMGAAAAAAAA/9k=";
const pictureSize = { width: 64, height: 64 };

/** In ASCII: the simulated provider looks for it among bytes. */
export const trialQuestion =
  "What is in this picture? Answer in English, with one JSON object and nothing else. " +
  'Fields: "colour" and "shape" of what stands out from the background.';

const maxTokens = 64;

/** Asks as the real requests do, JSON mode included, for as little as can be. */
export function trialBody(model: string) {
  return {
    model,
    messages: [
      {
        role: "user",
        content: [
          { type: "image_url", image_url: { url: `data:image/jpeg;base64,${trialPicture}` } },
          { type: "text", text: trialQuestion },
        ],
      },
    ],
    temperature: 0,
    max_tokens: maxTokens,
    response_format: { type: "json_object" },
  };
}

/** True if the answer says what is in the picture. */
export function describesTrial(answer: string): boolean {
  return /\bred\b|红/i.test(answer) && /square|rectang|方/i.test(answer);
}

/** The most it may use. */
export function trialUsage(model: string): Usage {
  return {
    promptTokens: textTokens(trialQuestion) + mostPictureTokens(pictureSize, model),
    completionTokens: maxTokens,
  };
}
