import { describe, expect, it } from "vitest";
import { resolveProvider } from "../../src/config/checks.ts";
import type { ConfigFlags } from "../../src/config/load.ts";
import { simulatedCameras } from "../../src/config/sections/cameras.ts";
import { parseSimulatedCamera } from "../../src/config/simulated-camera.ts";
import { withStandInCameras } from "../../src/config/stand-in-cameras.ts";
import { load, loadFiles } from "./harness.ts";

const camerasOf = (flags: ConfigFlags, env: NodeJS.ProcessEnv = {}) => load(flags, env).config.cameras;
const standIns = (flags: ConfigFlags, env: NodeJS.ProcessEnv = {}) =>
  withStandInCameras(load(flags, env).config);

describe("so many simulated cameras", () => {
  it("are all different, with every scene in every weather", () => {
    const cameras = camerasOf({ cameras: 50 }).map(({ id, url, source, intervalMs }) => {
      expect([source, intervalMs]).toEqual(["sim", 1800]);
      return { id, ...parseSimulatedCamera(url.reveal().replace(/^sim:/, "")) };
    });
    expect(cameras.map(({ id }) => id)).toEqual(Array.from({ length: 50 }, (_, index) => `cam-${index + 1}`));
    expect(new Set(cameras.map(({ seed }) => seed)).size).toBe(50);
    const kinds = new Set(cameras.slice(0, 16).map(({ scene, weather }) => `${scene} ${weather}`));
    expect(kinds.size).toBe(16);
  });

  it("end with the last seed there is, and more are refused by the flag that was typed", () => {
    const last = 4_294_967_295;
    expect(simulatedCameras(3, 1800, last - 2)[2]?.url.reveal()).toContain(`seed=${last}&`);
    expect(() => simulatedCameras(3, 1800, last)).toThrow(
      expect.objectContaining({
        code: "TMON_USAGE",
        message: expect.stringMatching(/^--seed is 4294967295, .* 3 cameras/),
        todo: "--seed 4294967293, or a lower one",
      }),
    );
  });

  it("go before those of cameras.yaml, and have the interval of the command line", () => {
    const files = { "cameras.yaml": "cameras: [{ url: rtsp://cam.example/live }]" };
    const { config } = loadFiles(files, {}, { cameras: 2, interval: "1s" });
    expect(config.cameras.map(({ source, intervalMs }) => [source, intervalMs])).toEqual([
      ["sim", 1000],
      ["sim", 1000],
    ]);
  });
});

describe("nothing to look at", () => {
  it("is made up for by six simulated cameras, with as many scenes and weathers as there are", () => {
    const { cameras, vlm } = resolveProvider(standIns({}), { standIn: true });
    expect(cameras).toHaveLength(6);
    expect(new Set(cameras.map(({ shownUrl }) => shownUrl.replace(/\?.*/, ""))).size).toBe(4);
    expect(new Set(cameras.map(({ shownUrl }) => shownUrl.replace(/.*=/, ""))).size).toBe(4);
    expect(vlm.provider).toBe("simulated");
  });

  it("stays nothing where a camera is, others share bus or store, or screens may start streams", () => {
    expect(standIns({ camera: ["rtsp://cam.example/live"] }).cameras).toHaveLength(1);
    expect(standIns({}, { TMON_KAFKA_BROKERS: "kafka:9092" }).cameras).toEqual([]);
    expect(standIns({}, { TMON_REDIS_URL: "redis://redis:6379" }).cameras).toEqual([]);
    const streams = loadFiles({ "tmon.yaml": "web: { streams: { hosts: [cam.example] } }" });
    expect(withStandInCameras(streams.config).cameras).toEqual([]);
  });

  it("is never asked about for money unless that was allowed", () => {
    const key = { DASHSCOPE_API_KEY: "sk-any" };
    expect(standIns({}, key).vlm.provider).toBe("simulated");
    expect(standIns({ spend: "5yuan" }, key).vlm.provider).toBe("configured");
    const local = { ...key, TMON_VLM_BASE_URL: "http://127.0.0.1:8000/v1" };
    expect(standIns({}, local).vlm.provider).toBe("configured");
  });
});
