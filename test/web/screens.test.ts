import { afterEach, describe, expect, test, vi } from "vitest";
import { WebSocket } from "ws";
import type { Config } from "../../src/config/config.ts";
import { Secret } from "../../src/config/secret.ts";
import { cameraStatusKey } from "../../src/messages/camera-status.ts";
import { encodeStoredFrame, frameKey } from "../../src/messages/frame.ts";
import { startHttpServer } from "../../src/observability/server.ts";
import { startAggregator } from "../../src/runtime/aggregator/aggregator.ts";
import { heartbeatPrefix } from "../../src/runtime/heartbeat.ts";
import type { RunningRole } from "../../src/runtime/role.ts";
import { picture, seedDetection, seedMessageId, seedResult } from "../messages/seed-samples.ts";
import { openContext, testConfig } from "../support/context.ts";
import { temporaryDirectory } from "../support/tmp.ts";
import { until } from "../support/until.ts";

const releases: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const release of releases.splice(0).reverse()) await release();
});

async function serve(changes: Partial<Config> = {}) {
  const { context, close } = await openContext(testConfig(temporaryDirectory(), changes));
  releases.push(close);
  const roles: RunningRole[] = [];
  const server = await startHttpServer({ context, roles, defaultPort: 0 });
  releases.push(() => server.close());
  roles.push(await startAggregator(context));
  releases.push(() => roles[0]?.stop());
  const produce = (topic: string, message: object) =>
    context.bus.produce([{ topic, key: "7", value: Buffer.from(JSON.stringify(message)) }]);
  const get = (path: string, init?: RequestInit) => fetch(`${server.url}${path}`, init);
  return { context, url: server.url, produce, get, store: context.store };
}

interface Received {
  type: string;
  data: Record<string, unknown>;
  picture: Buffer | undefined;
}

async function open(url: string, data: object) {
  const socket = new WebSocket(`${url.replace("http", "ws")}/ws`);
  releases.push(() => socket.terminate());
  const received: Received[] = [];
  socket.on("message", (bytes: Buffer, isBinary) => {
    const end = isBinary ? bytes.indexOf("\n") : bytes.length;
    const { type, data } = JSON.parse(bytes.toString("utf8", 0, end));
    received.push({ type, data, picture: isBinary ? bytes.subarray(end + 1) : undefined });
  });
  const of = (type: string) => received.filter((message) => message.type === type);
  const next = (type: string, count = 1) => until(() => of(type)[count - 1], { what: `${type} ${count}` });
  await next("connection_ack");
  socket.send(JSON.stringify({ type: "subscribe", data }));
  socket.send(JSON.stringify({ type: "ping" }));
  await next("pong");
  return { socket, of, next };
}

const screen = { cameraIds: "*", frames: true };
const jpeg = Buffer.from(picture, "base64");

describe("newest frames", () => {
  test("a screen gets a frame when it is detected, with its picture, and its verdict without", async () => {
    const { url, store, produce } = await serve();
    await store.set(frameKey("7"), encodeStoredFrame({ messageId: seedMessageId, jpeg }));
    const [page, seed] = [await open(url, screen), await open(url, { cameraIds: "*" })];
    await produce("detection-results", seedDetection);
    const frame = await page.next("frame");
    expect(frame.data).toEqual({
      cameraId: 7,
      messageId: seedMessageId,
      timestamp: seedDetection.timestamp,
      capturedAt: Date.parse(seedDetection.timestamp),
      imageWidth: 1280,
      imageHeight: 720,
      detectedObjects: seedDetection.detectedObjects,
      trafficGroups: [{ groupIndex: 1, objectCount: 2, classes: ["car"], bbox: [100, 200, 300, 260] }],
    });
    expect(frame.picture).toEqual(jpeg);

    await produce("risk-assessment-results", seedResult);
    const bare = await page.next("detection_result");
    expect(bare.data).toMatchObject({ messageId: seedMessageId, frame: null, frameMessageId: null });
    expect(bare.data.riskAssessment).toMatchObject({
      allGroupResults: [{ riskLevel: "medium", metadata: { apiKeyId: "key_1" } }],
    });
    expect((await seed.next("detection_result")).data.frame).toBe(`data:image/jpeg;base64,${picture}`);
    expect(seed.of("frame")).toEqual([]);
    expect((await page.next("incident")).data).not.toHaveProperty("imageBase64");
    expect((await seed.next("incident")).data).toHaveProperty("imageBase64");
  });

  test("never with another frame's picture; without one where the store has none", async () => {
    const { url, store, produce } = await serve();
    const page = await open(url, screen);
    await produce("detection-results", { ...seedDetection, messageId: "no picture" });
    expect(await page.next("frame")).toMatchObject({
      data: { messageId: "no picture" },
      picture: Buffer.of(),
    });
    await store.set(frameKey("7"), encodeStoredFrame({ messageId: "newer", jpeg }));
    await produce("detection-results", { ...seedDetection, messageId: "older" });
    await produce("detection-results", { ...seedDetection, messageId: "newer" });
    expect((await page.next("frame", 2)).data.messageId).toBe("newer");
  });

  test("a store that fails for a moment costs the pictures of that moment, not the frames", async () => {
    const { url, store, produce } = await serve();
    await store.set(frameKey("7"), encodeStoredFrame({ messageId: seedMessageId, jpeg }));
    const page = await open(url, screen);
    const get = vi.spyOn(store, "get").mockRejectedValueOnce(new Error("away"));
    await produce("detection-results", seedDetection);
    expect((await page.next("frame")).picture).toHaveLength(0);
    get.mockRestore();
    await produce("detection-results", seedDetection);
    expect((await page.next("frame", 2)).picture).toEqual(jpeg);
  });

  test("a slow screen skips frames, and misses no danger", async () => {
    const { url, store, produce } = await serve();
    const large = Buffer.alloc(300 * 1024);
    const [slow, quick] = [await open(url, screen), await open(url, screen)];
    slow.socket.pause();
    const total = 60;
    for (let count = 1; count <= total; count++) {
      await store.set(frameKey("7"), encodeStoredFrame({ messageId: `m${count}`, jpeg: large }));
      await produce("detection-results", { ...seedDetection, messageId: `m${count}` });
      await quick.next("frame", count);
    }
    await store.publish(
      "camera:7",
      JSON.stringify({ cameraId: 7, messageId: "m1", hasDangerousDriving: true }),
    );
    await quick.next("detection_result");
    slow.socket.resume();
    await slow.next("detection_result");
    expect(slow.of("frame").length).toBeLessThan(total);
  });

  test("a screen that opens gets each camera's last state, and its frame while that is the newest", async () => {
    const { url, store, produce } = await serve();
    await store.set(frameKey("7"), encodeStoredFrame({ messageId: seedMessageId, jpeg }));
    const first = await open(url, screen);
    await produce("detection-results", seedDetection);
    await produce("risk-assessment-results", seedResult);
    await first.next("incident");
    await first.next("detection_result");
    const second = await open(url, screen);
    expect((await second.next("detection_result")).data).toMatchObject({
      cameraId: 7,
      maxRiskLevel: "medium",
    });
    const frame = await second.next("frame");
    expect(frame).toMatchObject({ data: (await first.next("frame")).data, picture: jpeg });
    await store.set(frameKey("7"), encodeStoredFrame({ messageId: "newer", jpeg }));
    const third = await open(url, screen);
    await third.next("detection_result");
    await third.next("system");
    expect(third.of("frame")).toEqual([]);
  });
});

describe("cameras", () => {
  const status = {
    cameraId: "gate",
    state: "backing_off",
    since: "2026-11-24T08:00:00.000Z",
    lastFrameAt: "2026-11-24T07:59:58.000Z",
    reason: "the server closed the connection",
    url: "rtsp://camera/1",
    source: "live",
    intervalMs: 1_800,
    instance: "detector-1",
  };

  test("configured ones are listed in their order, then what detectors elsewhere have", async () => {
    const camera = (id: string) => ({
      id,
      url: new Secret(`rtsp://user:secret@${id}/1`),
      shownUrl: `rtsp://user:***@${id}/1`,
      source: "live" as const,
      intervalMs: 1_800,
      weight: 1,
    });
    const { get, store } = await serve({ cameras: [camera("yard"), camera("gate")] });
    for (const cameraId of ["gate", "cam-10", "cam-9"])
      await store.set(cameraStatusKey(cameraId), JSON.stringify({ ...status, cameraId }));
    await store.set(cameraStatusKey("broken"), "{}");
    const text = await (await get("/api/cameras")).text();
    expect(JSON.parse(text)).toMatchObject([
      { cameraId: "yard", status: 0, state: null, url: "rtsp://user:***@yard/1" },
      { cameraId: "gate", status: 0, state: "backing_off", message: status.reason, since: status.since },
      { cameraId: "cam-9" },
      { cameraId: "cam-10" },
    ]);
    expect(text).not.toContain("secret");
  });

  test("a change is told to who follows the camera", async () => {
    const { url, store } = await serve();
    const [all, other] = [await open(url, screen), await open(url, { cameraIds: ["yard"] })];
    const say = (changes: object) =>
      store.publish(cameraStatusKey("gate"), JSON.stringify({ ...status, ...changes }));
    await store.publish(cameraStatusKey("gate"), "garbage");
    await say({});
    await say({ state: "live", reason: undefined });
    expect((await all.next("camera_status", 2)).data).toMatchObject({
      cameraId: "gate",
      status: 1,
      state: "live",
    });
    expect(all.of("camera_status")[0]?.data).toMatchObject({ status: 0, message: status.reason });
    expect(other.of("camera_status")).toEqual([]);
  });
});

test("screens hear of keys, lag, throughput and the clock, from what the roles say of themselves", async () => {
  const { url, store, produce } = await serve({ timezone: "Asia/Shanghai" });
  const key = {
    id: "key_1",
    key: "sk-…abcd",
    model: "m",
    state: "healthy",
    inFlight: 2,
    calls: 9,
    failures: 1,
  };
  const beat = (instance: string, keys: object[]) =>
    store.set(
      `${heartbeatPrefix}scheduler:${instance}`,
      JSON.stringify({ role: "scheduler", instance, stats: { simulatedVlm: false, keys } }),
    );
  await beat("a", [{ ...key, usableAt: null, latencyMs: { p50: 800, p95: 900 } }]);
  await beat("b", [{ ...key, state: "cooling", reason: "slow down", usableAt: "2026-11-24T08:00:00.000Z" }]);
  const [page, seed] = [await open(url, screen), await open(url, { cameraIds: "*" })];
  await produce("detection-results", seedDetection);
  await produce("risk-assessment-results", seedResult);
  await page.next("detection_result");
  const before = page.of("system").length;
  const { data } = await page.next("system", before + 1);
  expect(data).toMatchObject({
    at: expect.any(Number),
    timezone: "Asia/Shanghai",
    language: "zh",
    simulated: false,
    keys: [{ id: "key_1", state: "cooling", reason: "slow down", inFlight: 4, calls: 18, failures: 2 }],
    roles: [{ role: "scheduler", instance: "a" }, { instance: "b" }],
    lag: { generator: 1, scheduler: 0 },
  });
  expect(data.framesPerSecond).toBeGreaterThan(0);
  expect(data.verdictsPerSecond).toBeGreaterThan(0);
  expect(JSON.stringify(data)).not.toContain("sk-");
  expect(seed.of("system")).toEqual([]);
});

test("the picture of an incident has an address of its own, which changes with the picture", async () => {
  const { url, get, produce } = await serve();
  const page = await open(url, screen);
  await produce("detection-results", seedDetection);
  await produce("risk-assessment-results", seedResult);
  const { picture: path } = (await page.next("incident")).data;
  const answer = await get(String(path));
  expect(answer.headers.get("content-type")).toBe("image/jpeg");
  expect(Buffer.from(await answer.arrayBuffer())).toEqual(jpeg);
  expect(await (await get("/api/incidents")).json()).toMatchObject([{ picture: path }]);
  expect((await get("/api/cameras/7/incidents/none/picture.jpg")).status).toBe(404);
});

test("the page is compressed, and kept by browsers until it is another", async () => {
  const { get } = await serve({ language: "en" });
  const index = await get("/");
  expect(index.headers.get("cache-control")).toBe("no-cache");
  const html = await index.text();
  expect(html).toContain('<html lang="en">');
  const assets = [...html.matchAll(/(?:src|href)="(\/assets\/[^"]+)"/g)].map(([, path]) => path as string);
  expect(assets.map((path) => path.replace(/.*\./, "")).sort()).toEqual(["css", "js"]);
  for (const path of assets) {
    const answer = await get(path);
    expect(answer.headers.get("cache-control")).toContain("immutable");
    expect(answer.headers.get("content-encoding")).toBe("gzip");
    const plain = await get(path, { headers: { "accept-encoding": "identity" } });
    expect(plain.headers.get("content-encoding")).toBeNull();
    expect(await plain.text()).toBe(await answer.text());
  }
  expect(html).toContain('href="/icon.svg"');
  expect((await get("/icon.svg")).headers.get("cache-control")).toBe("no-cache");
  const inline = /<script(?![^>]*src=)|\sstyle=|\son\w+=/;
  expect(html).not.toMatch(inline);
  expect(
    (await (await serve({ language: "zh" })).get("/").then((of) => of.text())).includes('lang="zh"'),
  ).toBe(true);
  expect((await get("/assets/../../package.json")).status).toBe(404);
});
