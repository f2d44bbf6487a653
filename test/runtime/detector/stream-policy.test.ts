import { describe, expect, test } from "vitest";
import { streamRefusal } from "../../../src/runtime/detector/stream-policy.ts";

const allowed = (url: string, hosts: string[], schemes = ["rtsp", "rtsps"]) =>
  streamRefusal(url, { schemes, hosts }) === undefined;

describe("what a screen may have opened", () => {
  test("nothing, as long as no host is allowed", () => {
    expect(streamRefusal("rtsp://cam/1", { schemes: ["rtsp"], hosts: [] })).toContain("web.streams.hosts");
  });

  test("the allowed schemes alone", () => {
    expect(allowed("rtsps://cam/1", ["*"])).toBe(true);
    expect(allowed("RTSP://cam/1", ["*"])).toBe(true);
    for (const url of [
      "http://cam/1",
      "file:/etc/passwd",
      "file:///etc/passwd",
      "sim:road",
      "concat:a|b",
      "cam/1",
    ])
      expect(allowed(url, ["*"])).toBe(false);
    expect(allowed("file:/etc/passwd", ["*"], ["file"])).toBe(false);
  });

  test.each([
    ["cam.example", "rtsp://CAM.example:554/1", true],
    ["cam.example", "rtsp://user:pass@cam.example/1", true],
    ["cam.example", "rtsp://cam.example.evil/1", false],
    [".cams.example", "rtsp://north.cams.example/1", true],
    [".cams.example", "rtsp://evilcams.example/1", false],
    ["10.1.0.0/16", "rtsp://10.1.200.3/1", true],
    ["10.1.0.0/16", "rtsp://10.2.0.3/1", false],
    ["10.1.0.0/16", "rtsp://cam.example/1", false],
    ["10.1.2.3", "rtsp://10.1.2.3:8554/1", true],
    ["10.1.2.3", "rtsp://167838211/1", false],
    ["fd00::/8", "rtsp://[fd12::7]/1", true],
    ["fd00::/8", "rtsp://[fe80::7]/1", false],
  ])("%s and %s", (rule, url, may) => {
    expect(allowed(url, [rule])).toBe(may);
  });

  test.each([
    "rtsp://cam.example@evil/1",
    "rtsp://evil/1@cam.example/",
    "rtsp://evil#@cam.example/1",
    "rtsp://evil\\@cam.example/1",
    "rtsp://evil?@cam.example/1",
    "rtsp://u:p@evil@cam.example/1",
    "rtsp://cam.example/1\nfile '/etc/passwd'",
    "rtsp://cam.example/1' evil",
    "rtsp://cam.example/1\u0001",
    "rtsp://cam。example/1",
  ])("no URL in which parsers may find different hosts: %s", (url) => {
    expect(allowed(url, ["cam.example"])).toBe(false);
  });
});
