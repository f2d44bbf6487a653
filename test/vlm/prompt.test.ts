import { expect, test } from "vitest";
import { riskTypeCodes } from "../../src/messages/result.ts";
import { chatBody, createChatWriter } from "../../src/vlm/prompt.ts";
import { aRequest } from "./request.ts";

const config = {
  language: "zh" as const,
  thresholds: { low: 0.45, medium: 0.65, high: 0.8 },
  maxTokens: 300,
};

test("the picture goes as a data URI, the group's objects as JSON", () => {
  const [, user] = chatBody(aRequest(), "m", config).messages;
  expect(user?.content).toMatchObject([
    { type: "image_url", image_url: { url: "data:image/jpeg;base64,/9j/4AAQ" } },
    { type: "text" },
  ]);
  const parts = (user?.content ?? []) as { text?: string }[];
  expect(JSON.parse(parts[1]?.text ?? "")).toEqual({
    frame: { width: 640, height: 360 },
    group: { bbox: [10, 10, 100, 100] },
    objects: [
      { objectId: 3, class: "car", confidence: 0.91, bbox: [10, 10, 50, 50] },
      { objectId: 5, class: "truck", confidence: 0.8, bbox: [20, 60, 100, 100] },
    ],
  });
});

test.each(["zh", "en"] as const)(
  "the %s prompt asks for JSON, names every level, threshold and type",
  (language) => {
    const body = chatBody(aRequest(), "m", {
      ...config,
      language,
      thresholds: { low: 0.41, medium: 0.62, high: 0.83 },
    });
    const system = String(body.messages[0]?.content);
    expect(body.response_format).toEqual({ type: "json_object" });
    for (const word of ["JSON", "none", "low", "medium", "high", "0.41", "0.62", "0.83", ...riskTypeCodes])
      expect(system).toContain(word);
  },
);

test("model and max_tokens are always sent", () => {
  expect(chatBody(aRequest(), "qwen3-vl-plus", config)).toMatchObject({
    model: "qwen3-vl-plus",
    max_tokens: 300,
  });
});

test("what is written is the same body, for each model in turn", () => {
  const write = createChatWriter(config, Buffer.alloc);
  for (const model of ['a"b', "m", 'a"b'])
    for (const picture of ["", "/9j/4AAQ"]) {
      const request = aRequest({ picture: Buffer.from(picture) });
      expect(JSON.parse(write(request, model).toString())).toEqual(chatBody(request, model, config));
    }
});
