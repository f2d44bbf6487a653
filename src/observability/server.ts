import websocket from "@fastify/websocket";
import { fastify } from "fastify";
import type { RoleContext, RunningRole } from "../runtime/role.ts";
import { addScreenRoutes } from "../web/routes.ts";
import { createGateway, maxClientFrameBytes } from "../web/websocket.ts";
import { createAccess, hostInUrl } from "./access.ts";
import { addHealthRoutes } from "./health-routes.ts";
import { listen } from "./listen.ts";

export interface HttpServerOptions {
  context: RoleContext;
  /** The roles of this process, as they start. */
  roles: readonly RunningRole[];
  /** Tried when config.web names none. */
  defaultPort: number;
}

export interface HttpServer {
  readonly url: string;
  readonly port: number;
  close(): Promise<void>;
}

const maxBodyBytes = 64 * 1024;

/**
 * A process's health, metrics and figures over HTTP, and for screens what its aggregator knows.
 * @throws TmonError TMON_PORT_IN_USE, TMON_TOKEN_REQUIRED, TMON_CONFIG_INVALID
 */
export async function startHttpServer({
  context,
  roles,
  defaultPort,
}: HttpServerOptions): Promise<HttpServer> {
  const { config, log } = context;
  const { host, port: namedPort } = config.web;
  const access = createAccess(config.web);
  const server = fastify({ bodyLimit: maxBodyBytes, forceCloseConnections: true });

  // Before the guard, since it is the plugin that destroys a socket whose request the guard refuses; the
  // gateway says goodbye before the plugin closes.
  const gateway = createGateway(context);
  server.addHook("preClose", () => gateway.close());
  await server.register(websocket, { options: { maxPayload: maxClientFrameBytes } });

  server.addHook("onRequest", async (request, reply) => {
    const refusal = access.refusal(request);
    if (!refusal) return;
    if (refusal.status === 401) reply.header("www-authenticate", "Bearer");
    return reply.code(refusal.status).send({ error: refusal.message });
  });
  server.addHook("onSend", async (_, reply) => {
    reply.headers({ "x-content-type-options": "nosniff", "x-frame-options": "DENY" });
  });
  server.setNotFoundHandler((_, reply) => reply.code(404).send({ error: "there is nothing here" }));
  server.setErrorHandler<Error & { statusCode?: number }>((error, request, reply) => {
    const status = error.statusCode ?? 500;
    if (status >= 500)
      log.error({ path: request.routeOptions.url, error: error.message }, "a request failed");
    return reply
      .code(status)
      .send({ error: status >= 500 ? "the request failed: see the log" : error.message });
  });

  addHealthRoutes(server, { context, roles, details: access.local });
  addScreenRoutes(server, { context, gateway, roles });

  try {
    const port = await listen(server, { host, port: namedPort, defaultPort, log });
    return { url: `http://${hostInUrl(host)}:${port}`, port, close: async () => void (await server.close()) };
  } catch (error) {
    await server.close();
    throw error;
  }
}
