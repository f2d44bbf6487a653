import { afterEach, expect, test } from "vitest";
import { type SimulatedVlmOptions, startSimulatedVlm } from "../../src/simulator/vlm/server.ts";
import { chatBody } from "../../src/vlm/prompt.ts";
import { describesTrial, trialBody, trialPicture } from "../../src/vlm/trial.ts";
import { aRequest } from "../vlm/request.ts";

const config = {
  language: "en" as const,
  thresholds: { low: 0.45, medium: 0.65, high: 0.8 },
  maxTokens: 300,
};

const running: Awaited<ReturnType<typeof startSimulatedVlm>>[] = [];
afterEach(async () => {
  for (const simulated of running.splice(0)) await simulated.close();
});

async function simulated(options: SimulatedVlmOptions = {}) {
  const server = await startSimulatedVlm({ latencyMs: 0, ...options });
  running.push(server);
  return server;
}

type BoxedObject = ReturnType<typeof aRequest>["detectedObjects"][number];

function ask(
  url: string,
  objects: BoxedObject[] = aRequest().detectedObjects,
  key = "sk-00000000000000000aaaa",
) {
  return fetch(`${url}/chat/completions`, {
    method: "POST",
    headers: { authorization: `Bearer ${key}` },
    body: JSON.stringify(chatBody(aRequest({ detectedObjects: objects }), "m", config)),
  });
}

async function verdictOf(url: string, ...objects: [string, BoxedObject["bbox"]][]) {
  const detected = objects.map(([name, bbox], objectId) => ({
    objectId,
    class: name,
    confidence: 0.9,
    bbox,
  }));
  const body = (await (await ask(url, detected)).json()) as { choices: [{ message: { content: string } }] };
  return JSON.parse(body.choices[0].message.content);
}

test("a completion looks like DashScope's, says it is simulated and counts tokens", async () => {
  const { url } = await simulated();
  const response = await ask(url);
  expect(response.headers.get("x-tmon-simulated")).toBe("1");
  expect(await response.json()).toMatchObject({
    id: expect.stringMatching(/^chatcmpl-/),
    object: "chat.completion",
    model: "m",
    choices: [{ index: 0, message: { role: "assistant" }, finish_reason: "stop" }],
    usage: { prompt_tokens: expect.any(Number), completion_tokens: expect.any(Number) },
  });
});

test("a picture costs h × w / 1024 + 2 tokens", async () => {
  const { default: sharp } = await import("sharp");
  const { url } = await simulated();
  const tokens = async (picture: string) => {
    const body = JSON.stringify(chatBody(aRequest({ picture: Buffer.from(picture) }), "m", config));
    const headers = { authorization: "Bearer k" };
    const response = await fetch(`${url}/chat/completions`, { method: "POST", headers, body });
    return ((await response.json()) as { usage: { prompt_tokens: number } }).usage.prompt_tokens;
  };
  const black = { create: { width: 640, height: 320, channels: 3, background: "black" } } as const;
  const jpeg = await sharp(black).jpeg().toBuffer();
  expect((await tokens(jpeg.toString("base64"))) - (await tokens("/9j/"))).toBe(200);
});

test("text costs the same tokens however it is written, and long or short", async () => {
  const { url } = await simulated();
  const tokens = async (body: string) => {
    const headers = { authorization: "Bearer k" };
    const response = await fetch(`${url}/chat/completions`, { method: "POST", headers, body });
    return ((await response.json()) as { usage: { prompt_tokens: number } }).usage.prompt_tokens;
  };
  const saying = (content: string) =>
    JSON.stringify({
      model: "m",
      messages: [
        { role: "system", content },
        {
          role: "user",
          content: [{ type: "image_url", image_url: { url: "data:image/jpeg;base64,/9j/" } }],
        },
      ],
    });
  const escaped = (body: string) =>
    body.replaceAll(/[^ -~]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`);
  // 0.6 a Chinese character, 0.3 another; 2 the picture.
  for (const length of [5, 5000]) {
    const body = saying("车".repeat(length) + '"'.repeat(length));
    expect(await tokens(body)).toBe(Math.ceil(0.9 * length) + 2);
    expect(await tokens(escaped(body))).toBe(Math.ceil(0.9 * length) + 2);
  }
});

test("what DashScope's models do not take is refused in its words", async () => {
  const { default: sharp } = await import("sharp");
  const { url } = await simulated();
  const said = async (body: object) => {
    const headers = { authorization: "Bearer k" };
    const response = await fetch(`${url}/chat/completions`, {
      method: "POST",
      headers,
      body: JSON.stringify(body),
    });
    const { error } = (await response.json()) as { error: { code: string; message: string } };
    return `${response.status} ${error.code} ${error.message}`;
  };
  const withPicture = async (width: number, height: number) => {
    const black = { create: { width, height, channels: 3, background: "black" } } as const;
    const jpeg = await sharp(black).jpeg().toBuffer();
    return chatBody(aRequest({ picture: Buffer.from(jpeg.toString("base64")) }), "m", config);
  };
  expect(await said(await withPicture(40, 10))).toMatch(
    /^400 invalid_parameter_error .*\[height:10 or width:40 must be larger than 10\]$/,
  );
  expect(await said(await withPicture(2212, 11))).toMatch(/^400 invalid_parameter_error .*aspect ratio/);
  const response_format = { type: "json_object" };
  expect(
    await said({ model: "m", messages: [{ role: "user", content: "Hello" }], response_format }),
  ).toContain("must contain the word 'json'");
});

test.each([
  [
    "a person beside a car",
    "high",
    "pedestrian_conflict",
    [
      ["person", [100, 100, 110, 130]],
      ["car", [112, 80, 180, 130]],
    ],
  ],
  [
    "a person half a car's length away",
    "none",
    undefined,
    [
      ["person", [100, 100, 110, 130]],
      ["car", [150, 80, 218, 130]],
    ],
  ],
  [
    "a rider on a bicycle",
    "none",
    undefined,
    [
      ["person", [100, 100, 110, 130]],
      ["bicycle", [95, 110, 115, 140]],
    ],
  ],
  [
    "two cars bumper to bumper",
    "medium",
    "tailgating",
    [
      ["car", [100, 100, 150, 150]],
      ["car", [102, 151, 152, 201]],
    ],
  ],
  [
    "two cars side by side",
    "none",
    undefined,
    [
      ["car", [100, 100, 150, 150]],
      ["car", [152, 100, 202, 150]],
    ],
  ],
  [
    "two cars far apart",
    "none",
    undefined,
    [
      ["car", [100, 100, 150, 150]],
      ["car", [100, 190, 150, 240]],
    ],
  ],
  [
    "two cars that overlap",
    "none",
    undefined,
    [
      ["car", [100, 100, 150, 150]],
      ["car", [122, 105, 172, 155]],
    ],
  ],
  ["one object", "none", undefined, [["car", [100, 100, 150, 150]]]],
  ["no object", "none", undefined, []],
] as const)("%s is %s", async (_, riskLevel, type, objects) => {
  const { url } = await simulated();
  const pairs = objects.map(([name, box]) => [name, [...box]] as [string, BoxedObject["bbox"]]);
  expect(await verdictOf(url, ...pairs)).toMatchObject({ riskLevel, riskTypeCodes: type ? [type] : [] });
});

test("the same seed judges alike, another one a little differently", async () => {
  const confidences = async (seed: number) => {
    const { url } = await simulated({ seed });
    const all = [];
    for (const x of [0, 10, 20, 30])
      all.push(
        (await verdictOf(url, ["person", [x, 0, x + 10, 30]], ["car", [x + 12, 0, x + 80, 50]])).confidence,
      );
    return all;
  };
  const first = await confidences(1);
  expect(await confidences(1)).toEqual(first);
  expect(await confidences(2)).not.toEqual(first);
});

test("a share of requests fails as DashScope does, the same ones for the same seed", async () => {
  const statuses = async () => {
    const { url } = await simulated({ faults: [{ fault: "internal_error", share: 0.5 }], seed: 7 });
    const all = [];
    for (let call = 0; call < 20; call++) all.push((await ask(url)).status);
    return all;
  };
  const first = await statuses();
  expect(new Set(first)).toEqual(new Set([200, 500]));
  expect(await statuses()).toEqual(first);
});

test("without a key it is a 401 with DashScope's body", async () => {
  const { url } = await simulated();
  const response = await fetch(`${url}/chat/completions`, { method: "POST", body: "{}" });
  expect(response.status).toBe(401);
  expect(await response.json()).toMatchObject({
    error: { code: "invalid_api_key" },
    request_id: expect.any(String),
  });
});

test.each([
  ["a GET", "GET", undefined, 405],
  ["no JSON", "POST", "garbage", 400],
  ["no messages", "POST", '{"model":"m"}', 400],
])("%s is refused", async (_, method, body, status) => {
  const { url } = await simulated();
  const headers = { authorization: "Bearer k" };
  const init = body === undefined ? { method, headers } : { method, headers, body };
  expect((await fetch(`${url}/chat/completions`, init)).status).toBe(status);
});

test("/stats counts requests, flight and the worst second by key, without telling the keys", async () => {
  const { url, stats } = await simulated({ latencyMs: 100 });
  const keys = ["sk-00000000000000000aaaa", "sk-00000000000000000bbbb", "sk-00000000000000000bbbb"];
  await Promise.all(keys.map((key) => ask(url, undefined, key)));
  const read = await (await fetch(`${new URL(url).origin}/stats`)).json();
  expect(read).toEqual(JSON.parse(JSON.stringify(stats())));
  expect(read).toMatchObject({
    requests: 3,
    maxInFlight: 3,
    worstSecond: 3,
    worstMinute: 3,
    answers: { 200: 3 },
  });
  const perKey = Object.fromEntries((read as ReturnType<typeof stats>).keys.map((key) => [key.key, key]));
  expect(perKey).toMatchObject({ "sk-…aaaa": { requests: 1 }, "sk-…bbbb": { requests: 2, maxInFlight: 2 } });
  expect(JSON.stringify(read)).not.toContain("00000000");
});

test("the models are listed", async () => {
  const { url } = await simulated();
  expect(
    await (await fetch(`${url}/models`, { headers: { authorization: "Bearer k" } })).json(),
  ).toMatchObject({
    object: "list",
    data: expect.arrayContaining([expect.objectContaining({ id: "qwen3-vl-plus" })]),
  });
});

test("a port that is taken is an error that says so", async () => {
  const { port } = await simulated();
  await expect(startSimulatedVlm({ port })).rejects.toMatchObject({ code: "TMON_PORT_IN_USE" });
});

test.each([
  ["the picture of verify-keys is described", trialPicture, true],
  ["another picture is not described as that one", `${aRequest().picture}`, false],
])("%s", async (_, picture, described) => {
  const { url } = await simulated();
  const response = await fetch(`${url}/chat/completions`, {
    method: "POST",
    headers: { authorization: "Bearer sk-00000000000000000aaaa" },
    body: JSON.stringify(trialBody("m")).replace(trialPicture, picture ?? ""),
  });
  expect(describesTrial(await response.text())).toBe(described);
});
