import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { decodeStoredFrame, frameKey } from "../messages/frame.ts";
import { version } from "../observability/version.ts";
import { listIncidents } from "../runtime/aggregator/incident-store.ts";
import type { RoleContext, RunningRole } from "../runtime/role.ts";
import { startPage } from "./start-page.ts";
import type { Gateway } from "./websocket.ts";

export interface ScreenRoutesOptions {
  context: RoleContext;
  gateway: Gateway;
  roles: readonly RunningRole[];
}

/** What screens ask the aggregator: the seed's health checks, incidents, pictures, `/ws`. */
export function addScreenRoutes(server: FastifyInstance, options: ScreenRoutesOptions): void {
  const { context, gateway, roles } = options;
  const { store } = context;

  /** These answers are the aggregator's; another role's process has nothing to say here. */
  const onRequest = async (_: FastifyRequest, reply: FastifyReply) => {
    if (!roles.some((role) => role.name === "aggregator")) reply.callNotFound();
  };

  server.get("/", { onRequest }, (_, reply) => reply.type("text/html; charset=utf-8").send(startPage));

  server.get("/health/health_check", { onRequest }, () => ({ status: "ok", service: "algo", version }));
  server.get("/api/health/health_check", { onRequest }, () => ({
    code: 200,
    msg: "OK",
    data: { status: "ok", service: "algo", version, timestamp: new Date().toISOString() },
  }));

  server.get("/api/incidents", { onRequest }, () => listIncidents(store));

  server.get<{ Params: { id: string } }>(
    "/api/cameras/:id/latest.jpg",
    { onRequest },
    async (request, reply) => {
      const value = await store.get(frameKey(request.params.id));
      const frame = value && decodeStoredFrame(value);
      if (!frame) return reply.code(404).send({ error: "this camera delivers no frames" });
      return reply.type("image/jpeg").header("cache-control", "no-store").send(frame.jpeg);
    },
  );

  server.get("/ws", { onRequest, websocket: true }, (socket) => gateway.connect(socket));
}
