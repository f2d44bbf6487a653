import { createServer } from "node:http";
import { describe, expect, onTestFinished, test } from "vitest";
import { encode } from "../../src/messages/codec.ts";
import { encodeStoredFrame, frameKey } from "../../src/messages/frame.ts";
import { incidentKey } from "../../src/runtime/aggregator/incident-store.ts";
import { raise, sightingOf } from "../../src/runtime/aggregator/incidents.ts";
import { picture } from "../messages/seed-samples.ts";
import {
  detectionMessage,
  left,
  readDetection,
  readResult,
  resultMessage,
} from "../runtime/aggregator/frames.ts";
import { bearer, serve, token } from "./support.ts";

describe("health", () => {
  test("ready with a warning when something is going wrong but still works", async () => {
    const { get, context } = await serve();
    context.health.warning("lag", () => "the oldest unread message is old");
    const response = await get("/readyz");
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({
      status: "ok",
      reasons: [{ name: "lag", reason: "the oldest unread message is old" }],
    });
  });

  test("ready and live when nothing is wrong", async () => {
    const { get } = await serve();
    for (const path of ["/livez", "/readyz"]) {
      const response = await get(path);
      expect([response.status, await response.json()]).toEqual([200, { status: "ok" }]);
    }
  });

  test("not ready with the reason, not live when work stands still for a minute", async () => {
    const { get, context } = await serve(["generator"]);
    context.health.readiness("bus", () => "the disk is full");
    context.health.liveness("generator", () => Date.now() - 61_000);
    const ready = await get("/readyz");
    expect(ready.status).toBe(503);
    expect(await ready.json()).toEqual({
      status: "not ready",
      reasons: [{ name: "bus", reason: "the disk is full" }],
    });
    const live = await get("/livez");
    expect(live.status).toBe(503);
    expect(await live.json()).toMatchObject({ reasons: [{ name: "generator" }] });
    expect(await (await get("/metrics")).text()).toContain('tmon_not_ready{part="bus"} 1');
  });

  test("an aggregator that was ready stays ready and says it is degraded", async () => {
    const { get, context } = await serve(["aggregator"]);
    let trouble: string | undefined = "joining";
    context.health.readiness("bus", () => trouble);
    expect((await get("/readyz")).status).toBe(503);
    trouble = undefined;
    expect((await get("/readyz")).status).toBe(200);
    trouble = "gone";
    const degraded = await get("/readyz");
    expect([degraded.status, await degraded.json()]).toEqual([
      200,
      { status: "degraded", reasons: [{ name: "bus", reason: "gone" }] },
    ]);
  });
});

describe("figures", () => {
  test("metrics in Prometheus' format", async () => {
    const { get, context } = await serve(["generator"]);
    context.metrics.tasksGenerated.inc(3);
    const response = await get("/metrics");
    expect(response.headers.get("content-type")).toContain("text/plain");
    expect(await response.text()).toContain("tmon_tasks_generated_total 3");
  });

  test("each role's, and the scheduler's own path where one runs", async () => {
    const { get } = await serve(["generator", "scheduler"]);
    expect(await (await get("/api/stats")).json()).toMatchObject({
      bus: "embedded",
      store: "embedded",
      roles: { generator: { figure: "generator" }, scheduler: { figure: "scheduler" } },
    });
    expect(await (await get("/api/scheduler/stats")).json()).toEqual({ figure: "scheduler" });
    expect((await (await serve(["generator"])).get("/api/scheduler/stats")).status).toBe(404);
  });
});

describe("what the aggregator answers", () => {
  test("the seed's health checks", async () => {
    const { get } = await serve();
    const health = { status: "ok", service: "algo", version: expect.stringMatching(/^\d+\.\d+\.\d+/) };
    expect(await (await get("/health/health_check")).json()).toEqual(health);
    expect(await (await get("/api/health/health_check")).json()).toEqual({
      code: 200,
      msg: "OK",
      data: { ...health, timestamp: expect.any(String) },
    });
  });

  test("a camera's newest frame, its name escaped or not", async () => {
    const { get, context } = await serve();
    const jpeg = Buffer.from(picture, "base64");
    await context.store.set(frameKey("gate/1"), encodeStoredFrame({ messageId: "m", jpeg }));
    const response = await get(`/api/cameras/${encodeURIComponent("gate/1")}/latest.jpg`);
    expect(response.headers.get("content-type")).toBe("image/jpeg");
    expect(Buffer.from(await response.arrayBuffer())).toEqual(jpeg);
    expect((await get("/api/cameras/other/latest.jpg")).status).toBe(404);
  });

  test("incidents, the latest first, without their pictures", async () => {
    const { get, context } = await serve();
    for (const [id, timestamp] of [
      ["a", "2026-11-23T08:00:00.000Z"],
      ["b", "2026-11-23T08:01:00.000Z"],
    ]) {
      const detection = readDetection(detectionMessage(id as string, [left], { timestamp }));
      const sighting = sightingOf(detection, readResult(resultMessage(id as string, 1, "high")));
      const incident = raise(sighting, Date.now());
      await context.store.set(incidentKey(incident), encode(incident));
    }
    const incidents = (await (await get("/api/incidents")).json()) as object[];
    expect(incidents).toMatchObject([
      { incidentId: "incident_b_group1", state: "raised" },
      { incidentId: "incident_a_group1" },
    ]);
    for (const incident of incidents) expect(incident).not.toHaveProperty("imageBase64");
  });

  test("the page, which no other role has", async () => {
    const page = await (await serve()).get("/");
    expect(page.headers.get("content-type")).toContain("text/html");
    expect(await page.text()).toContain("<title>tmon</title>");
    for (const path of ["/", "/api/cameras", "/api/incidents", "/health/health_check"])
      expect((await (await serve(["scheduler"])).get(path)).status).toBe(404);
  });
});

describe("who may ask", () => {
  test("beyond loopback nothing is served without a token configured", async () => {
    await expect(serve(["aggregator"], { host: "0.0.0.0" })).rejects.toMatchObject({
      code: "TMON_TOKEN_REQUIRED",
    });
  });

  test("beyond loopback probes need no token and learn no details, all else needs one", async () => {
    const { get, context } = await serve(["aggregator"], { host: "0.0.0.0", tokens: [token] });
    context.health.readiness("bus", () => "the disk is full");
    const ready = await get("/readyz");
    expect([ready.status, await ready.json()]).toEqual([503, { status: "not ready" }]);
    expect((await get("/livez")).status).toBe(200);
    for (const path of [
      "/",
      "/metrics",
      "/api/stats",
      "/api/incidents",
      "/health/health_check",
      "/nothing",
    ]) {
      expect((await get(path)).status, path).toBe(401);
      expect((await get(path, bearer("wrong"))).status, path).toBe(401);
      expect((await get(`${path}?token=${token.token.reveal()}`)).status, path).toBe(401);
    }
    expect((await get("/metrics", bearer(token.token.reveal()))).status).toBe(200);
  });

  test("another site's page may not ask through somebody's browser", async () => {
    const { get } = await serve();
    expect((await get("/api/stats", { headers: { origin: "https://evil.example" } })).status).toBe(403);
  });

  test("a site whose name points at this machine may not either", async () => {
    const { port } = await serve();
    const { request } = await import("node:http");
    const status = await new Promise((resolve) => {
      const headers = { host: "evil.example" };
      request({ host: "127.0.0.1", port, path: "/api/stats", headers }, (response) => {
        response.resume();
        resolve(response.statusCode);
      }).end();
    });
    expect(status).toBe(403);
  });

  test("errors are JSON and say nothing of the inside", async () => {
    const { get, context } = await serve();
    context.store.list = async () => {
      throw new Error("secret path");
    };
    const response = await get("/api/incidents");
    expect([response.status, await response.text()]).toEqual([
      500,
      '{"error":"the request failed: see the log"}',
    ]);
    const nothing = await get("/nothing");
    expect([nothing.status, await nothing.json()]).toEqual([404, { error: "there is nothing here" }]);
  });
});

describe("ports", () => {
  async function takePort(): Promise<number> {
    const other = createServer().listen(0, "127.0.0.1");
    await new Promise((resolve) => other.once("listening", resolve));
    onTestFinished(() => new Promise<void>((resolve) => void other.close(() => resolve())));
    return (other.address() as { port: number }).port;
  }

  test("a default port that is taken gives way to a free one", async () => {
    const taken = await takePort();
    const server = await serve(["generator"], { port: undefined }, taken);
    expect(server.port).not.toBe(taken);
    expect(server.url).toBe(`http://127.0.0.1:${server.port}`);
    expect((await server.get("/livez")).status).toBe(200);
  });

  test("a named port that is taken is an error", async () => {
    const taken = await takePort();
    await expect(serve(["generator"], { port: taken })).rejects.toMatchObject({ code: "TMON_PORT_IN_USE" });
  });

  test("an address that is not this machine's is an error of the configuration", async () => {
    const web = { host: "192.0.2.1", tokens: [token] };
    await expect(serve(["generator"], web)).rejects.toMatchObject({ code: "TMON_CONFIG_INVALID" });
  });
});
