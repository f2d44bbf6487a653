import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { decodeStoredFrame, frameKey } from "../messages/frame.ts";
import { version } from "../observability/version.ts";
import { readIncident, readIncidents } from "../runtime/aggregator/incident-store.ts";
import type { RoleContext, RunningRole } from "../runtime/role.ts";
import { listCameras } from "./cameras.ts";
import { readPageFiles, sendFile } from "./page-files.ts";
import { shownIncident } from "./shown-incident.ts";
import type { Gateway } from "./websocket.ts";

export interface ScreenRoutesOptions {
  context: RoleContext;
  /** Takes a socket of `/ws`. */
  connect: Gateway["connect"];
  roles: readonly RunningRole[];
}

const notBuilt = "the page is not built: run npm run build";

/** What screens ask the aggregator: the seed's health checks, the page, cameras, incidents, pictures, `/ws`. */
export function addScreenRoutes(server: FastifyInstance, options: ScreenRoutesOptions): void {
  const { context, connect, roles } = options;

  /** These answers are the aggregator's; another role's process has nothing to say here. */
  const onRequest = async (_: FastifyRequest, reply: FastifyReply) => {
    if (!roles.some((role) => role.name === "aggregator")) reply.callNotFound();
  };

  const files = readPageFiles(context.config.language);
  server.get("/", { onRequest }, (request, reply) => {
    const index = files.get("/index.html");
    return index ? sendFile(index, request, reply) : reply.code(503).send({ error: notBuilt });
  });
  for (const [path, file] of files)
    server.get(path, { onRequest }, (request, reply) => sendFile(file, request, reply));

  server.get("/health/health_check", { onRequest }, () => ({ status: "ok", service: "algo", version }));
  server.get("/api/health/health_check", { onRequest }, () => ({
    code: 200,
    msg: "OK",
    data: { status: "ok", service: "algo", version, timestamp: new Date().toISOString() },
  }));

  server.get("/api/cameras", { onRequest }, () => listCameras(context));

  server.get("/api/incidents", { onRequest }, async () =>
    (await readIncidents(context.store)).map(shownIncident),
  );

  server.get<{ Params: { id: string; incidentId: string } }>(
    "/api/cameras/:id/incidents/:incidentId/picture.jpg",
    { onRequest },
    async ({ params }, reply) => {
      const incident = await readIncident(context.store, {
        cameraId: params.id,
        incidentId: params.incidentId,
      });
      if (!incident?.imageBase64)
        return reply.code(404).send({ error: "there is no picture of this incident" });
      const jpeg = Buffer.from(incident.imageBase64, "base64");
      return reply.type("image/jpeg").header("cache-control", "private, max-age=86400, immutable").send(jpeg);
    },
  );

  server.get<{ Params: { id: string } }>(
    "/api/cameras/:id/latest.jpg",
    { onRequest },
    async (request, reply) => {
      const value = await context.store.get(frameKey(request.params.id));
      const frame = value && decodeStoredFrame(value);
      if (!frame) return reply.code(404).send({ error: "this camera delivers no frames" });
      return reply.type("image/jpeg").header("cache-control", "no-store").send(frame.jpeg);
    },
  );

  server.get("/ws", { onRequest, websocket: true }, (socket, { visitor }) => connect(socket, visitor));
}
