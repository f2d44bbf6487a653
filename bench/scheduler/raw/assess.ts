import { Agent } from "undici";
import { built } from "../../support/built.ts";

const { decodeTask } =
  await built<typeof import("../../../src/messages/received-task.ts")>("messages/received-task");
const { encode } = await built<typeof import("../../../src/messages/codec.ts")>("messages/codec");
const { createChatWriter } = await built<typeof import("../../../src/vlm/prompt.ts")>("vlm/prompt");
const { createBodyMemory } = await built<typeof import("../../../src/vlm/body-memory.ts")>("vlm/body-memory");
const { parseAnswer } = await built<typeof import("../../../src/vlm/answer.ts")>("vlm/answer");
const { readCompletion } = await built<typeof import("../../../src/vlm/response.ts")>("vlm/response");
const { resultOf } =
  await built<typeof import("../../../src/runtime/scheduler/outcome.ts")>("runtime/scheduler/outcome");
const prompt = { language: "zh" as const, thresholds: { low: 0.3, medium: 0.5, high: 0.7 }, maxTokens: 512 };
const model = "qwen3-vl-plus";
const headers = { "content-type": "application/json", authorization: "Bearer sk-bench-0000000000000" };

/** Posts bodies with undici, as simply as can be. `provider`: its base URL. */
export function createPoster(provider: string) {
  const { origin, pathname } = new URL(provider);
  const path = `${pathname}/chat/completions`;
  /** As in src/vlm/client.ts. */
  const agent = new Agent({ connections: null, pipelining: 1, keepAliveTimeout: 60_000 });
  return {
    async post(body: Buffer) {
      const answer = await agent.request({ origin, path, method: "POST", headers, body });
      return { status: answer.statusCode, headers: answer.headers, text: await answer.body.text() };
    },
    close: () => agent.destroy(),
  };
}

/** Of tasks as messages. */
export function bodiesOf(values: readonly Buffer[]): Buffer[] {
  const write = createChatWriter(prompt, Buffer.allocUnsafeSlow);
  return values.map((value) => write(decodeTask(value), model));
}

/**
 * A task as a message to its result as a message, by the scheduler's own functions, with no queue, key, limit, retry or
 * counter between them: what no scheduler can do without.
 */
export function createBareAssess(provider: string) {
  const { post, close } = createPoster(provider);
  const memory = createBodyMemory();
  const write = createChatWriter(prompt, memory.take);
  return {
    close,
    async assess(value: Buffer): Promise<Buffer> {
      const task = decodeTask(value);
      const body = write(task, model);
      const response = await post(body);
      memory.giveBack(body);
      const { content, usage } = readCompletion({ ...response, json: JSON.parse(response.text) });
      const verdicts = parseAnswer(content ?? "", task, prompt.language);
      return encode(resultOf(task, { status: "assessed", verdicts, metadata: { ...usage, calls: 1 } }));
    },
  };
}
