import type { FastifyInstance, FastifyReply } from "fastify";
import type { RoleContext, RunningRole } from "../runtime/role.ts";
import type { Reason } from "./health.ts";

export interface HealthRoutesOptions {
  context: RoleContext;
  roles: readonly RunningRole[];
  /** Say why, not only that. */
  details: boolean;
}

/** What every role answers: /livez, /readyz, /metrics, /api/stats, /api/scheduler/stats. */
export function addHealthRoutes(server: FastifyInstance, options: HealthRoutesOptions): void {
  const { context, roles, details } = options;
  const { health, instance, metrics } = context;
  let wasReady = false;

  const answer = (reply: FastifyReply, status: string, reasons: Reason[], code: number) =>
    reply.code(code).send(details && reasons.length > 0 ? { status, reasons } : { status });

  server.get("/livez", (_, reply) => {
    const reasons = health.notLive(Date.now());
    return reasons.length === 0 ? answer(reply, "ok", [], 200) : answer(reply, "not live", reasons, 503);
  });

  server.get("/readyz", (_, reply) => {
    const reasons = health.notReady();
    if (reasons.length === 0) {
      wasReady = true;
      return answer(reply, "ok", health.warnings(), 200);
    }
    // Were it taken out of service, its page would vanish with the bus, just when people look at it.
    const serves = wasReady && roles.some((role) => role.name === "aggregator");
    return serves ? answer(reply, "degraded", reasons, 200) : answer(reply, "not ready", reasons, 503);
  });

  server.get("/metrics", async (_, reply) => {
    metrics.notReady.reset();
    for (const { name } of health.notReady()) metrics.notReady.set({ part: name }, 1);
    if (roles.length > 0) metrics.clockOffset.set(context.store.clockOffsetMs() / 1000);
    for (const role of roles) role.sampleMetrics?.();
    reply.type(metrics.registry.contentType);
    return metrics.registry.metrics();
  });

  server.get("/api/stats", () => ({
    instance,
    bus: context.bus.kind,
    store: context.store.kind,
    roles: Object.fromEntries(roles.map((role) => [role.name, role.stats()])),
  }));

  server.get("/api/scheduler/stats", (_, reply) => {
    const scheduler = roles.find((role) => role.name === "scheduler");
    return scheduler?.stats() ?? reply.callNotFound();
  });
}
