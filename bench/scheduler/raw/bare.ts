/** The least that can be done: undici posts bodies that were built before and reads the answers. */
import { Agent } from "undici";
import { built } from "../../support/built.ts";
import { optionsOf, serveRounds } from "./side.ts";
import { taskMessage } from "./tasks.ts";

export interface BareOptions {
  /** Base URL. */
  provider: string;
  /** Requests at once. */
  open: number;
}

const { provider, open } = optionsOf<BareOptions>();
const { decodeTask } =
  await built<typeof import("../../../src/messages/received-task.ts")>("messages/received-task");
const { createChatWriter } = await built<typeof import("../../../src/vlm/prompt.ts")>("vlm/prompt");
const prompt = { language: "zh" as const, thresholds: { low: 0.3, medium: 0.5, high: 0.7 }, maxTokens: 512 };
const write = createChatWriter(prompt, Buffer.allocUnsafeSlow);
const bodies = Array.from({ length: 64 }, (_, index) =>
  write(decodeTask(taskMessage(index).value), "qwen3-vl-plus"),
);
const { origin, pathname } = new URL(provider);
const headers = { "content-type": "application/json", authorization: "Bearer sk-bench-0000000000000" };
/** As in src/vlm/client.ts. */
const agent = new Agent({ connections: null, pipelining: 1, keepAliveTimeout: 60_000 });

serveRounds(
  async (count) => {
    let left = count;
    await Promise.all(
      Array.from({ length: open }, async () => {
        while (left-- > 0) {
          const body = bodies[left % bodies.length]!;
          const path = `${pathname}/chat/completions`;
          const answer = await agent.request({ origin, path, method: "POST", headers, body });
          await answer.body.text();
        }
      }),
    );
    return open;
  },
  () => agent.destroy(),
);
