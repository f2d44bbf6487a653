import { connect } from "node:net";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { WebSocket } from "ws";
import type { Config } from "../../src/config/config.ts";
import { encodeStoredFrame, frameKey } from "../../src/messages/frame.ts";
import { startHttpServer } from "../../src/observability/server.ts";
import { startAggregator } from "../../src/runtime/aggregator/aggregator.ts";
import { serveControl } from "../../src/runtime/control.ts";
import type { RoleContext, RunningRole } from "../../src/runtime/role.ts";
import { picture, seedDetection, seedMessageId, seedResult } from "../messages/seed-samples.ts";
import { token } from "../observability/support.ts";
import { openContext, testConfig } from "../support/context.ts";
import { temporaryDirectory } from "../support/tmp.ts";
import { until } from "../support/until.ts";

interface Frame {
  type: string;
  data: Record<string, unknown>;
}

const releases: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const release of releases.splice(0).reverse()) await release();
});

async function serve(web: Partial<Config["web"]> = {}): Promise<{ context: RoleContext; address: string }> {
  const base = testConfig(temporaryDirectory());
  const { context, close } = await openContext({ ...base, web: { ...base.web, ...web } });
  releases.push(close);
  const roles: RunningRole[] = [];
  const server = await startHttpServer({ context, roles, defaultPort: 0 });
  releases.push(() => server.close());
  roles.push(await startAggregator(context));
  releases.push(() => roles[0]?.stop());
  return { context, address: `ws://127.0.0.1:${server.port}/ws` };
}

async function open(address: string, options = {}) {
  const socket = new WebSocket(address, options);
  releases.push(() => socket.terminate());
  const frames: Frame[] = [];
  socket.on("message", (data) => frames.push(JSON.parse(String(data))));
  const closed = new Promise<number>((resolve) => socket.on("close", resolve));
  await until(() => frames.length > 0, { what: "connection_ack" });
  return {
    socket,
    frames,
    closed,
    of: (type: string) => frames.filter((frame) => frame.type === type).map((frame) => frame.data),
    send: (frame: object | string) => socket.send(typeof frame === "string" ? frame : JSON.stringify(frame)),
    next(type: string, count = 1) {
      return until(() => this.of(type).length >= count && this.of(type)[count - 1], { what: type });
    },
  };
}

function refusalOf(address: string, options = {}): Promise<number | undefined> {
  const socket = new WebSocket(address, options);
  return new Promise((resolve) => {
    socket.on("unexpected-response", (_, response) => {
      resolve(response.statusCode);
      socket.terminate();
    });
    socket.on("open", () => resolve(101));
    socket.on("error", () => {});
  });
}

/** Says yes to whatever screens ask of the detectors; what that was. */
async function answerLikeADetector({ store }: RoleContext): Promise<object[]> {
  const asked: object[] = [];
  const end = await serveControl(
    store,
    async (request) => {
      asked.push(request);
      return { status: 1, message: "the camera delivers pictures" };
    },
    () => {},
  );
  releases.push(end);
  return asked;
}

const produce = (context: RoleContext, topic: string, message: object) =>
  context.bus.produce([{ topic, key: "7", value: Buffer.from(JSON.stringify(message)) }]);

describe("the seed's protocol", () => {
  let context: RoleContext;
  let address: string;
  beforeEach(async () => {
    ({ context, address } = await serve());
  });
  const jpeg = Buffer.from(picture, "base64");
  const runCamera = (id: string) =>
    context.store.set(frameKey(id), encodeStoredFrame({ messageId: seedMessageId, jpeg }));

  test("the server greets first, and answers ping", async () => {
    const client = await open(address);
    expect(client.frames[0]).toEqual({ type: "connection_ack", data: { message: expect.any(String) } });
    client.send({ type: "ping" });
    client.send({ type: "ping", data: {} });
    await client.next("pong", 2);
    expect(client.of("pong")).toEqual([{}, {}]);
  });

  test("the seed's detection and result reach who started its stream, as the seed's fields", async () => {
    await runCamera("7");
    await answerLikeADetector(context);
    const client = await open(address);
    client.send({ type: "start_stream", data: { cameraId: 7, rtspUrl: "rtsp://user:secret@camera/1" } });
    expect(await client.next("camera_status")).toEqual({
      cameraId: 7,
      status: 1,
      message: expect.any(String),
    });

    await produce(context, "detection-results", seedDetection);
    await produce(context, "risk-assessment-results", seedResult);
    const shown = await client.next("detection_result");
    const { detectedObjects, trafficGroups, groupImages, ...frame } = seedDetection;
    const verdict = { riskLevel: "medium", riskTypes: ["跟车过近"], groupIndex: 1 };
    expect(shown).toMatchObject({
      ...frame,
      frame: `data:image/jpeg;base64,${picture}`,
      detectedObjects,
      trafficGroups,
      groupImages: [{ groupIndex: 1 }],
      alerts: [verdict],
      dangerousDrivingResults: [verdict],
      riskAssessment: { allGroupResults: [verdict] },
      hasDangerousDriving: true,
      maxRiskLevel: "medium",
      newTaskIds: [`${seedMessageId}_group1`],
      llmLatency: 1.2,
      llmModel: "qwen-vl-plus",
      processTime: 0.041,
      rawFrame: `data:image/jpeg;base64,${picture}`,
      frameMessageId: seedMessageId,
      alertGeneratedAt: expect.any(Number),
      llmRawText: "",
      supportedClasses: expect.arrayContaining(["person", "car"]),
      trackingEnabled: false,
      serverDrawEnabled: false,
      renderedBy: "client",
    });
    expect(Number(shown.alertGeneratedAt) * 1000).toBeCloseTo(Date.now(), -5);
    expect(await client.next("incident")).toMatchObject({
      cameraId: 7,
      state: "raised",
      riskLevel: "medium",
    });
  });

  test("a verdict is shown on the picture of its own frame, or on none; never on a newer one's", async () => {
    const client = await open(address);
    client.send({ type: "subscribe", data: { cameraIds: "*" } });
    client.send({ type: "ping" });
    await client.next("pong");
    let looks = 0;
    const { get } = context.store;
    context.store.get = (key) => get(key).finally(() => (looks += 1));
    for (const messageId of ["older", "newer"]) {
      const stored = encodeStoredFrame({ messageId, jpeg: Buffer.from(`${messageId} picture`) });
      await context.store.set(frameKey("7"), stored);
      const before = looks;
      await produce(context, "detection-results", { ...seedDetection, messageId });
      await until(() => looks > before, { what: "the frame is looked at" });
    }
    await produce(context, "risk-assessment-results", {
      ...seedResult,
      messageId: "older_group1_result",
      requestId: "older",
    });
    const pictureOf = (data: Record<string, unknown>) =>
      Buffer.from(String(data.frame).replace(/^.*,/, ""), "base64").toString();
    expect(pictureOf(await client.next("detection_result"))).toBe("older picture");

    await context.store.publish("camera:7", JSON.stringify({ cameraId: 7, messageId: "never seen" }));
    const unknown = { messageId: "never seen", frame: null, rawFrame: null, frameMessageId: null };
    expect(await client.next("detection_result", 2)).toMatchObject(unknown);
  });

  test("where no detector runs, started streams are not promised, and no password comes back", async () => {
    const client = await open(address);
    client.send({ type: "start_stream", data: { cameraId: 0, rtspUrl: "rtsp://user:secret@camera/1" } });
    const status = await client.next("camera_status");
    expect(status).toEqual({ cameraId: 0, status: 0, message: "no detector answered: is one running?" });
    expect(JSON.stringify(client.frames)).not.toContain("secret");
  });

  test("a camera is checked, with its stream or without", async () => {
    const asked = await answerLikeADetector(context);
    const client = await open(address);
    client.send({ type: "check_camera", data: { cameraId: "gate", rtspUrl: "" } });
    expect(await client.next("camera_status")).toMatchObject({ cameraId: "gate", status: 1 });
    client.send({ type: "check_camera", data: { cameraId: 0, rtspUrl: "rtsp://camera/1" } });
    expect(await client.next("camera_status", 2)).toMatchObject({ cameraId: 0, status: 1 });
    expect(asked).toMatchObject([
      { type: "check_camera", cameraId: "gate" },
      { type: "check_camera", cameraId: "0", url: "rtsp://camera/1" },
    ]);
    expect(asked[0]).not.toHaveProperty("url");
  });

  test("a client hears of the cameras it follows and of no others", async () => {
    const [all, one, none] = [await open(address), await open(address), await open(address)];
    all.send({ type: "subscribe", data: { cameraIds: "*" } });
    one.send({ type: "subscribe", data: { cameraIds: [8, "gate"] } });
    for (const client of [all, one, none]) {
      client.send({ type: "ping" });
      await client.next("pong");
    }
    for (const cameraId of ["7", "8", "gate"])
      await context.store.publish(`camera:${cameraId}`, JSON.stringify({ cameraId }));
    await all.next("detection_result", 3);
    await one.next("detection_result", 2);
    expect(one.of("detection_result").map((data) => data.cameraId)).toEqual(["8", "gate"]);
    expect(none.of("detection_result")).toEqual([]);
  });

  test("a stopped stream is silent, for those who follow all cameras too", async () => {
    await answerLikeADetector(context);
    const client = await open(address);
    client.send({ type: "subscribe", data: { cameraIds: "*" } });
    client.send({ type: "stop_stream", data: { cameraId: 7 } });
    expect(await client.next("stream_stopped")).toEqual({ cameraId: 7, reason: expect.any(String) });
    await context.store.publish("camera:7", JSON.stringify({ cameraId: 7 }));
    await context.store.publish("camera:8", JSON.stringify({ cameraId: 8 }));
    expect(await client.next("detection_result")).toMatchObject({ cameraId: 8 });
    expect(client.of("detection_result")).toHaveLength(1);
  });

  test.each([
    "garbage",
    "null",
    "[]",
    "{}",
    '{"type":"dance"}',
    '{"type":"start_stream"}',
    '{"type":"start_stream","data":{"cameraId":{}}}',
    '{"type":"subscribe","data":{"cameraIds":7}}',
  ])("%s is answered with an error, and the socket goes on", async (text) => {
    const client = await open(address);
    client.send(text);
    expect(await client.next("error")).toEqual({ message: expect.stringContaining("refused") });
    client.send({ type: "ping" });
    await client.next("pong");
  });

  test("a frame larger than any client needs closes its socket alone", async () => {
    const [large, other] = [await open(address), await open(address)];
    large.send("x".repeat(300 * 1024));
    expect(await large.closed).toBe(1009);
    other.send({ type: "ping" });
    await other.next("pong");
  });

  test("a client that does not read is dropped, and the others miss nothing", async () => {
    const [slow, quick] = [await open(address), await open(address)];
    for (const client of [slow, quick]) {
      client.send({ type: "subscribe", data: { cameraIds: "*" } });
      client.send({ type: "ping" });
      await client.next("pong");
    }
    slow.socket.pause();
    const text = "x".repeat(200 * 1024);
    const total = 150;
    for (let sent = 0; sent < total; sent++) {
      const state = { cameraId: 7, hasDangerousDriving: true, text };
      await context.store.publish("camera:7", JSON.stringify(state));
      await quick.next("detection_result", sent + 1);
    }
    slow.socket.resume();
    await slow.closed;
    expect(quick.of("detection_result")).toHaveLength(total);
    expect(slow.of("detection_result").length).toBeLessThan(total);
  });
});

describe("who may connect", () => {
  test("no page of another site, on loopback too", async () => {
    const { address } = await serve();
    expect(await refusalOf(address, { origin: "https://evil.example" })).toBe(403);
    expect(await refusalOf(address, { origin: "null" })).toBe(403);
    const own = address.replace("ws://", "http://").replace("/ws", "");
    await open(address, { origin: own });
  });

  test("beyond loopback only who has the token", async () => {
    const { address } = await serve({ host: "0.0.0.0", tokens: [token] });
    expect(await refusalOf(address)).toBe(401);
    expect(await refusalOf(address, { headers: { authorization: "Bearer wrong" } })).toBe(401);
    await open(address, { headers: { authorization: `Bearer ${token.token.reveal()}` } });
  });

  test("a viewer looks, and starts, stops and checks nothing", async () => {
    const viewer = { ...token, role: "viewer" as const };
    const { address, context } = await serve({ host: "0.0.0.0", tokens: [viewer] });
    const asked = await answerLikeADetector(context);
    const client = await open(address, { headers: { authorization: `Bearer ${token.token.reveal()}` } });
    for (const type of ["start_stream", "stop_stream", "check_camera"])
      client.send({ type, data: { cameraId: 7, rtspUrl: "rtsp://camera/1" } });
    await client.next("error", 3);
    expect(client.of("error")).toEqual(
      Array(3).fill({ message: expect.stringContaining("only an operator") }),
    );
    expect(asked).toEqual([]);
  });

  test("a client may follow many cameras, not without end", async () => {
    const { address } = await serve();
    const client = await open(address);
    const ids = (from: number) => Array.from({ length: 6_000 }, (_, index) => from + index);
    for (const from of [0, 6_000, 12_000]) client.send({ type: "subscribe", data: { cameraIds: ids(from) } });
    expect(await client.next("error")).toEqual({ message: "too many cameras to follow" });
    client.send({ type: "ping" });
    await client.next("pong");
  });

  test("a client that floods is let go, the others stay", async () => {
    const { address } = await serve();
    const [flooding, other] = [await open(address), await open(address)];
    for (let sent = 0; sent < 1_300; sent++) flooding.send({ type: "ping" });
    expect(await flooding.closed).toBe(1008);
    other.send({ type: "ping" });
    await other.next("pong");
  });

  test("a socket that speaks no HTTP does the server no harm", async () => {
    const { address } = await serve();
    const socket = connect(Number(new URL(address).port), "127.0.0.1");
    socket.on("error", () => {});
    socket.resume();
    socket.write("\u0000\u0001garbage\r\n\r\n");
    await new Promise((resolve) => socket.on("close", resolve));
    await open(address);
  });
});

test("a server that stops says goodbye to its sockets, and waits for none that is silent", async () => {
  const base = testConfig(temporaryDirectory());
  const { context, close } = await openContext(base);
  releases.push(close);
  const aggregator = await startAggregator(context);
  releases.push(() => aggregator.stop());
  const server = await startHttpServer({ context, roles: [aggregator], defaultPort: 0 });
  const client = await open(`ws://127.0.0.1:${server.port}/ws`);
  const silent = await open(`ws://127.0.0.1:${server.port}/ws`);
  silent.socket.pause();
  await server.close();
  expect(await client.closed).toBe(1001);
});
