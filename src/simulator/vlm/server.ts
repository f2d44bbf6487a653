import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { TmonError } from "../../errors.ts";
import type { SimulatedVlmStats } from "./clients.ts";
import { deliver } from "./delivery.ts";
import { errorResponse } from "./errors.ts";
import type { SimulatedVlmOptions } from "./options.ts";
import { createProvider } from "./provider.ts";

export type { SimulatedVlmOptions, SimulatedVlmStats };

export interface SimulatedVlm {
  /** The base URL: up to and without /chat/completions. */
  readonly url: string;
  readonly port: number;
  stats(): SimulatedVlmStats;
  close(): Promise<void>;
}

const basePath = "/compatible-mode/v1";

/**
 * A VLM provider on loopback that speaks DashScope's OpenAI-compatible protocol, keeps its limits, fails as it
 * does and judges by geometry (judge.ts); the picture of `tmon verify-keys` it knows by heart. Every response says
 * that it is simulated.
 *
 *   POST /compatible-mode/v1/chat/completions   GET /compatible-mode/v1/models   GET /stats
 *
 * @throws TmonError TMON_PORT_IN_USE
 */
export async function startSimulatedVlm(options: SimulatedVlmOptions = {}): Promise<SimulatedVlm> {
  const { port = 0 } = options;
  const provider = createProvider(options);

  const server = createServer((request, response) => {
    const path = (request.url ?? "").split("?")[0];
    if (path === `${basePath}/chat/completions`) void provider.chat(request, response);
    else if (path === `${basePath}/models` || path === "/v1/models") provider.listModels(request, response);
    else if (path === "/stats") deliver(response, { status: 200, body: JSON.stringify(provider.stats()) });
    else deliver(response, errorResponse("not_found"));
  });
  // Longer than any client keeps an idle connection: it is never the server that breaks one in use.
  server.keepAliveTimeout = 120_000;

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
    stats: provider.stats,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function portInUse(port: number, cause: Error): TmonError {
  return new TmonError(
    "TMON_PORT_IN_USE",
    `port ${port} is taken by another process`,
    "end that process, or choose another --port (0: any)",
    { cause },
  );
}
