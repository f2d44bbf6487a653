import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export const goodVerdict = {
  riskLevel: "medium",
  confidence: 0.72,
  riskTypeCodes: ["tailgating"],
  description: "跟车过近",
  dangerObjectCount: 2,
  triggerObjectIds: [0, 1],
};

interface Completion {
  content: string;
  finishReason?: string;
  simulated?: boolean;
}

interface BareResponse {
  status: number;
  body: string;
  headers?: Record<string, string>;
}

/** What a provider does with a call: a name of the table below, a completion, or a bare response. */
export type Behaviour = keyof typeof behaviours | Completion | BareResponse;

export type Behave = Behaviour | ((call: ProviderCall) => Behaviour | Promise<Behaviour>);

export interface ProviderCall {
  /** Counts from 1. */
  number: number;
  key: string;
  body: string;
}

type Answer = Completion | BareResponse | ((response: ServerResponse) => void);

const good = JSON.stringify(goodVerdict);

const behaviours = {
  good: { content: good },
  fenced: { content: `\`\`\`json\n${good}\n\`\`\`` },
  proseAround: { content: `判断如下：${good} 希望对您有帮助。` },
  prose: { content: "画面中两车距离正常，没有危险，风险等级为 none。" },
  truncated: {
    content: '{"results":[{"riskLevel":"none","confidence":0.1},{"riskLe',
    finishReason: "length",
  },
  emptyContent: { content: "" },
  nothing: { status: 200, body: "" },
  html: { status: 200, body: "<html><body>none</body></html>", headers: { "content-type": "text/html" } },
  serverError: {
    status: 500,
    body: '{"error":{"message":"failed","code":"ModelServingError"},"request_id":"r-500"}',
  },
  unauthorized: {
    status: 401,
    body: '{"error":{"message":"Incorrect API key provided. ","code":"invalid_api_key"}}',
  },
  throttled: {
    status: 429,
    body: '{"error":{"message":"Requests rate limit exceeded","code":"limit_requests"}}',
  },
  hang: () => {},
  reset: (response: ServerResponse) => void response.socket?.resetAndDestroy(),
} satisfies Record<string, Answer>;

/** An OpenAI-compatible provider on loopback that misbehaves as told, call by call. */
export async function startFaultyProvider(behave: Behave) {
  const calls: ProviderCall[] = [];
  let connections = 0;
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", async () => {
      const key = (request.headers.authorization ?? "").replace("Bearer ", "");
      const call = { number: calls.length + 1, key, body: Buffer.concat(chunks).toString("utf8") };
      calls.push(call);
      const behaviour = typeof behave === "function" ? await behave(call) : behave;
      const answer: Answer = typeof behaviour === "string" ? behaviours[behaviour] : behaviour;
      if (typeof answer === "function") answer(response);
      else if ("content" in answer) complete(response, answer);
      else response.writeHead(answer.status, answer.headers).end(answer.body);
    });
  });
  server.on("connection", () => connections++);
  // Longer than any client keeps an idle connection: it is never the server that breaks one in use.
  server.keepAliveTimeout = 120_000;
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    calls,
    /** All that were ever opened. */
    connections: () => connections,
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function complete(
  response: ServerResponse,
  { content, finishReason = "stop", simulated = false }: Completion,
): void {
  const body = {
    id: "chatcmpl-1",
    model: "test-model",
    choices: [{ index: 0, message: { role: "assistant", content }, finish_reason: finishReason }],
    usage: { prompt_tokens: 600, completion_tokens: 60, total_tokens: 660 },
  };
  response.writeHead(200, {
    "content-type": "application/json",
    ...(simulated ? { "x-tmon-simulated": "1" } : {}),
  });
  response.end(JSON.stringify(body));
}
