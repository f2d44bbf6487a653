import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { Secret } from "../../config/secret.ts";
import { TmonError } from "../../errors.ts";
import { seededRandom } from "./random.ts";
import { readRequest } from "./request.ts";
import { createRequestCounter, type RequestCounter, type RequestCounts } from "./request-counter.ts";
import { completion, models, refusals, type SimulatedResponse } from "./responses.ts";

export interface SimulatedVlmOptions {
  /** 0: any. */
  port?: number;
  /** Between a request and its answer, ms. */
  latencyMs?: number;
  /** Share of requests answered 500, from 0 to 1. */
  errorRate?: number;
  seed?: number;
}

export interface SimulatedVlmStats extends RequestCounts {
  /** Answered requests by HTTP status. */
  answers: Record<string, number>;
  /** In order of their first request; `key` is masked. */
  keys: ({ key: string } & RequestCounts)[];
}

export interface SimulatedVlm {
  /** The base URL: up to and without /chat/completions. */
  readonly url: string;
  readonly port: number;
  stats(): SimulatedVlmStats;
  close(): Promise<void>;
}

const basePath = "/compatible-mode/v1";
const maxBodyBytes = 10 * 1024 * 1024;

/**
 * A VLM provider on loopback that speaks DashScope's OpenAI-compatible protocol and judges by geometry
 * (judge.ts). Every response says that it is simulated.
 *
 *   POST /compatible-mode/v1/chat/completions   GET /compatible-mode/v1/models   GET /stats
 *
 * @throws TmonError TMON_PORT_IN_USE
 */
export async function startSimulatedVlm(options: SimulatedVlmOptions = {}): Promise<SimulatedVlm> {
  const { port = 0, latencyMs = 800, errorRate = 0, seed = 1 } = options;
  const chance = seededRandom(seed);
  const all = createRequestCounter();
  const keys = new Map<string, RequestCounter>();
  const answers: Record<string, number> = {};

  const server = createServer((request, response) => {
    const path = (request.url ?? "").split("?")[0];
    if (path === `${basePath}/chat/completions`) answerChat(request, response);
    else if (path === `${basePath}/models` || path === "/v1/models") reply(response, models());
    else if (path === "/stats") reply(response, { status: 200, body: stats() });
    else reply(response, refusals.notFound());
  });
  // Longer than any client keeps an idle connection: it is never the server that breaks one in use.
  server.keepAliveTimeout = 120_000;

  function answerChat(request: IncomingMessage, response: ServerResponse): void {
    const key = /^Bearer (\S+)$/.exec(request.headers.authorization ?? "")?.[1];
    const counters = key === undefined ? [all] : [all, counterOf(key)];
    for (const counter of counters) counter.arrived();
    response.once("close", () => {
      for (const counter of counters) counter.ended();
    });
    const finish = (simulated: SimulatedResponse) => {
      answers[simulated.status] = (answers[simulated.status] ?? 0) + 1;
      reply(response, simulated);
    };
    if (request.method !== "POST") finish(refusals.methodNotAllowed());
    else if (key === undefined) finish(refusals.unauthorized());
    else
      readBody(request, (body) => {
        const answer = () => finish(body === undefined ? refusals.tooLarge() : answerTo(body));
        const timer = setTimeout(answer, latencyMs);
        response.once("close", () => clearTimeout(timer));
      });
  }

  function answerTo(body: string): SimulatedResponse {
    if (chance() < errorRate) return refusals.serverError();
    const request = readRequest(body);
    return request ? completion(request, seed) : refusals.badRequest();
  }

  function counterOf(key: string): RequestCounter {
    const counter = keys.get(key) ?? createRequestCounter();
    keys.set(key, counter);
    return counter;
  }

  function stats(): SimulatedVlmStats {
    const perKey = [...keys].map(([key, counter]) => ({
      key: new Secret(key).masked(),
      ...counter.counts(),
    }));
    return { ...all.counts(), answers, keys: perKey };
  }

  await new Promise<void>((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) =>
      reject(error.code === "EADDRINUSE" ? portInUse(port, error) : error),
    );
    server.listen(port, "127.0.0.1", resolve);
  });
  const { port: actualPort } = server.address() as AddressInfo;

  return {
    url: `http://127.0.0.1:${actualPort}${basePath}`,
    port: actualPort,
    stats,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** Undefined when the body is too large. */
function readBody(request: IncomingMessage, done: (body: string | undefined) => void): void {
  const chunks: Buffer[] = [];
  let bytes = 0;
  request.on("data", (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes <= maxBodyBytes) chunks.push(chunk);
  });
  request.on("end", () => done(bytes <= maxBodyBytes ? Buffer.concat(chunks).toString("utf8") : undefined));
}

function reply(response: ServerResponse, { status, body }: SimulatedResponse): void {
  const text = JSON.stringify(body);
  response.writeHead(status, {
    "content-type": "application/json; charset=utf-8",
    "content-length": Buffer.byteLength(text),
    "x-tmon-simulated": "1",
  });
  response.end(text);
}

function portInUse(port: number, cause: Error): TmonError {
  return new TmonError(
    "TMON_PORT_IN_USE",
    `port ${port} is taken by another process`,
    "end that process, or choose another --port (0: any)",
    { cause },
  );
}
