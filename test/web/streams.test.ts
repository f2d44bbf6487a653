import { describe, expect, onTestFinished, test } from "vitest";
import { WebSocket } from "ws";
import { startHttpServer } from "../../src/observability/server.ts";
import { startAggregator } from "../../src/runtime/aggregator/aggregator.ts";
import { startDetector } from "../../src/runtime/detector/detector.ts";
import { detectorConfig } from "../runtime/detector/support.ts";
import { openContext } from "../support/context.ts";
import { lacks } from "../support/machine.ts";
import { h264File, startRtspServer } from "../support/rtsp.ts";
import { temporaryDirectory } from "../support/tmp.ts";
import { until } from "../support/until.ts";

describe.skipIf(lacks("ffmpeg", "video", "model", "rtsp"))("a stream started on /ws", () => {
  test("is seen by who started it, and ends with the socket; its password stays where it was sent", async () => {
    const road = await h264File(temporaryDirectory(), "road.h264");
    const camera = await startRtspServer({ road }, "admin:sesame");
    const config = detectorConfig([], { intervalMs: 300, workers: 1 });
    const streams = { schemes: ["rtsp"], hosts: ["127.0.0.1"] };
    const { context, close } = await openContext({ ...config, web: { ...config.web, port: 0, streams } });
    onTestFinished(close);
    const aggregator = await startAggregator(context);
    onTestFinished(() => aggregator.stop());
    const detector = await startDetector(context);
    onTestFinished(() => detector.stop());
    const server = await startHttpServer({ context, roles: [aggregator], defaultPort: 0 });
    onTestFinished(() => server.close());

    const socket = new WebSocket(`ws://127.0.0.1:${server.port}/ws`);
    const heard: string[] = [];
    socket.on("message", (data) => heard.push(String(data)));
    const of = (type: string) =>
      heard.filter((text) => text.startsWith(`{"type":"${type}"`)).map((text) => JSON.parse(text).data);
    await until(() => of("connection_ack").length > 0);
    const url = camera.url.replace("//", "//admin:sesame@");
    socket.send(JSON.stringify({ type: "start_stream", data: { cameraId: 7, rtspUrl: `${url}/road` } }));
    await until(() => of("camera_status").some(({ cameraId, status }) => cameraId === 7 && status === 1));
    const shown = await until(() => of("detection_result").find((data) => data.frame !== null));
    expect(shown).toMatchObject({ cameraId: 7, imageWidth: 640, imageHeight: 360 });
    expect(heard.join()).not.toContain("sesame");

    socket.close();
    await until(() => detector.cameras().length === 0);
  });
});
