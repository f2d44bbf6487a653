/** A provider that answers every request alike, as soon as it has it or after a latency; all it costs is HTTP. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { optionsOf } from "./side.ts";

const { latencyMs } = optionsOf<{ latencyMs: number }>();

const content = JSON.stringify({
  riskLevel: "medium",
  confidence: 0.62,
  riskTypeCodes: ["tailgating"],
  description: "两辆小型汽车在同一车道内行驶，后车与前车的间距明显过小，存在追尾风险。",
  dangerObjectCount: 2,
  triggerObjectIds: [0, 1],
});
const answer = Buffer.from(
  JSON.stringify({
    id: "chatcmpl-5f0c5a4e-9d6e-4c3b-8f57-6a1f0e7f2a11",
    object: "chat.completion",
    created: 1_764_400_000,
    model: "qwen3-vl-plus",
    choices: [{ index: 0, message: { role: "assistant", content }, finish_reason: "stop" }],
    usage: { prompt_tokens: 812, completion_tokens: 96, total_tokens: 908 },
  }),
);
const headers = { "content-type": "application/json", "content-length": answer.length };

const server = createServer({ keepAliveTimeout: 120_000 }, (request, response) => {
  const give = () => response.writeHead(200, headers).end(answer);
  request.resume().once("end", () => (latencyMs > 0 ? setTimeout(give, latencyMs) : give()));
});
server.listen(0, "127.0.0.1", 4_096, () => {
  const { port } = server.address() as AddressInfo;
  process.send!(`http://127.0.0.1:${port}/v1`);
});
process.once("disconnect", () => process.exit());
