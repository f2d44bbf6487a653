/**
 * The bare loop, and what cannot be left out: each task is read, its body written, its answer read, its result written, by
 * the scheduler's own functions, with no queue, key, limit, retry, counter or bus between them.
 */
import { Agent } from "undici";
import { built } from "../../support/built.ts";
import type { BareOptions } from "./bare.ts";
import { optionsOf, serveRounds } from "./side.ts";
import { taskMessage } from "./tasks.ts";

const { provider, open } = optionsOf<BareOptions>();
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
const memory = createBodyMemory();
const write = createChatWriter(prompt, memory.take);
const messages: Buffer[] = [];
const { origin, pathname } = new URL(provider);
const path = `${pathname}/chat/completions`;
const headers = { "content-type": "application/json", authorization: "Bearer sk-bench-0000000000000" };
/** As in src/vlm/client.ts. */
const agent = new Agent({ connections: null, pipelining: 1, keepAliveTimeout: 60_000 });

async function assess(index: number): Promise<Buffer> {
  const { value } = taskMessage(index, messages.pop());
  const task = decodeTask(value);
  const body = write(task, "qwen3-vl-plus");
  const answer = await agent.request({ origin, path, method: "POST", headers, body });
  const text = await answer.body.text();
  memory.giveBack(body);
  const response = { status: answer.statusCode, headers: answer.headers, text, json: JSON.parse(text) };
  const { content, usage } = readCompletion(response);
  const verdicts = parseAnswer(content ?? "", task, prompt.language);
  messages.push(value);
  return encode(resultOf(task, { status: "assessed", verdicts, metadata: { ...usage, calls: 1 } }));
}

serveRounds(
  async (count) => {
    let left = count;
    await Promise.all(
      Array.from({ length: open }, async () => {
        while (left-- > 0) await assess(left);
      }),
    );
    return open;
  },
  () => agent.destroy(),
);
