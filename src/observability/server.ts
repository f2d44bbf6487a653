import helmet from "@fastify/helmet";
import rateLimit from "@fastify/rate-limit";
import websocket from "@fastify/websocket";
import { type FastifyReply, type FastifyRequest, fastify } from "fastify";
import type { RoleContext, RunningRole } from "../runtime/role.ts";
import { addLoginRoutes } from "../web/login.ts";
import { addScreenRoutes } from "../web/routes.ts";
import { createGateway, type Gateway, maxClientFrameBytes } from "../web/websocket.ts";
import { createAccess, hostInUrl, isProbe, pathOf, type Refusal, type Visitor } from "./access.ts";
import { addHealthRoutes } from "./health-routes.ts";
import { listen } from "./listen.ts";

export interface HttpServerOptions {
  context: RoleContext;
  /** The roles of this process, as they start; before the first there may be no bus and no store yet. */
  roles: readonly RunningRole[];
  /** Tried when config.web names none. */
  defaultPort: number;
}

export interface HttpServer {
  readonly url: string;
  readonly port: number;
  close(): Promise<void>;
}

declare module "fastify" {
  interface FastifyRequest {
    visitor: Visitor;
  }
}

const maxBodyBytes = 64 * 1024;
/** From one address; a page with a hundred cameras asks for some hundred pictures when it opens. */
const requestsPerMinute = 3_000;
/** Of requests with a wrong token, or none. */
const refusalsPerMinute = 100;
/** What needs neither bus nor store. */
const earlyPaths = new Set(["/livez", "/readyz", "/metrics"]);
const tooMany: Refusal = { status: 429, message: "too many requests from this address: wait a minute" };

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
  const server = fastify({
    bodyLimit: maxBodyBytes,
    forceCloseConnections: true,
    // A proxy on this machine says for whom it asks: the limits are each browser's own.
    trustProxy: "loopback",
  });

  // Before the guard, since it is the plugin that destroys a socket whose request the guard refuses; the
  // gateway says goodbye before the plugin closes.
  let gateway: Gateway | undefined;
  server.addHook("preClose", () => gateway?.close());
  await server.register(websocket, { options: { maxPayload: maxClientFrameBytes } });

  await server.register(helmet, securityHeaders);
  await server.register(rateLimit, { global: false });
  const countAsked = server.createRateLimit({ max: requestsPerMinute, timeWindow: 60_000 });
  const countRefused = server.createRateLimit({ max: refusalsPerMinute, timeWindow: 60_000 });
  server.decorateRequest("visitor");
  server.addHook("onRequest", async (request, reply) => {
    const isOver = async (count: typeof countAsked) => {
      const limit = await count(request);
      return !limit.isAllowed && limit.isExceeded;
    };
    if (!isProbe(request) && (await isOver(countAsked))) return refuse(request, reply, tooMany);
    const visitor = access.admit(request);
    if ("status" in visitor) return refuse(request, reply, (await isOver(countRefused)) ? tooMany : visitor);
    request.visitor = visitor;
    if (roles.length === 0 && !earlyPaths.has(pathOf(request.url)))
      return reply.code(503).header("retry-after", "1").send({ error: "tmon is starting: see /readyz" });
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

  addLoginRoutes(server, access);
  addHealthRoutes(server, { context, roles, details: access.local });
  const connect: Gateway["connect"] = (socket, visitor) => {
    gateway ??= createGateway(context);
    gateway.connect(socket, visitor);
  };
  addScreenRoutes(server, { context, connect, roles });

  try {
    const port = await listen(server, { host, port: namedPort, defaultPort, log });
    let closed: Promise<void> | undefined;
    return {
      url: `http://${hostInUrl(host)}:${port}`,
      port,
      close() {
        closed ??= server.close();
        return closed;
      },
    };
  } catch (error) {
    await server.close();
    throw error;
  }
}

/** Nothing is loaded from elsewhere, and what a model writes can never become a script. */
const securityHeaders = {
  contentSecurityPolicy: {
    useDefaults: false,
    directives: {
      defaultSrc: ["'none'"],
      scriptSrc: ["'self'"],
      styleSrc: ["'self'"],
      imgSrc: ["'self'", "data:", "blob:"],
      connectSrc: ["'self'"],
      baseUri: ["'none'"],
      formAction: ["'self'"],
      frameAncestors: ["'none'"],
    },
  },
  frameguard: { action: "deny" as const },
  // Under no-referrer browsers send the login form with `Origin: null`, which is no page of ours.
  referrerPolicy: { policy: "same-origin" as const },
  // Whether there is TLS in front is the proxy's to say.
  strictTransportSecurity: false,
};

/** A browser that opens the page is led to the login. */
function refuse(request: FastifyRequest, reply: FastifyReply, { status, message }: Refusal) {
  const opensPage = request.method === "GET" && request.headers.accept?.includes("text/html");
  if (status === 401 && opensPage) return reply.redirect("/login", 303);
  if (status === 401) reply.header("www-authenticate", "Bearer");
  return reply.code(status).send({ error: message });
}
