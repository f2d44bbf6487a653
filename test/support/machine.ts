import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { sharedFile } from "./shared.ts";

/** The browser that tests of the page drive. */
export const chromiumPath = "/usr/bin/chromium";
/** The one Debian installs modules for. */
export const systemPython = "/usr/bin/python3";
const rtspParts = [
  "import gi",
  "gi.require_version('Gst', '1.0'); gi.require_version('GstRtspServer', '1.0')",
  "from gi.repository import Gst, GstRtspServer",
  "Gst.init(None)",
  "assert Gst.ElementFactory.find('h264parse') and Gst.ElementFactory.find('rtph264pay')",
].join("\n");

/** Where deployment/local/kafka puts them. */
const hasKafkaJars = () =>
  existsSync(join(process.env.XDG_CACHE_HOME ?? join(homedir(), ".cache"), "tmon/kafka-4.1.1/complete"));

/** What some tests need beyond Node and this repository, and how to get it. */
const needs = {
  ffmpeg: {
    there: () => spawnSync("ffmpeg", ["-version"]).status === 0,
    enable: "install ffmpeg (Debian: apt-get install ffmpeg)",
  },
  chromium: {
    there: () => existsSync(chromiumPath),
    enable: "install chromium (Debian: apt-get install chromium fonts-noto-cjk)",
  },
  video: {
    there: () => existsSync(sharedFile("videos/road.mp4")),
    enable: "put a road's video, 640x360, at ../shared/videos/road.mp4",
  },
  model: {
    there: () => existsSync(sharedFile("models/yolox_nano.onnx")),
    enable: "put YOLOX-Nano (416x416, COCO) at ../shared/models/yolox_nano.onnx",
  },
  prometheus: {
    there: () => ["prometheus", "promtool"].every((name) => spawnSync(name, ["--version"]).status === 0),
    enable: "install Prometheus (Debian: apt-get install prometheus)",
  },
  redis: {
    there: () => spawnSync("redis-server", ["--version"]).status === 0,
    enable: "install Redis (Debian: apt-get install redis-server)",
  },
  kafka: {
    there: () =>
      ["java -version", "openssl version"].every((line) => spawnSync(line, { shell: true }).status === 0) &&
      (hasKafkaJars() || spawnSync("mvn", ["-v"]).status === 0),
    enable:
      "install Java 17, Maven and OpenSSL (Debian: apt-get install openjdk-17-jre-headless maven openssl)",
  },
  openssl: {
    there: () => spawnSync("openssl", ["version"]).status === 0,
    enable: "install OpenSSL 3 (Debian: apt-get install openssl)",
  },
  rtsp: {
    there: () => spawnSync(systemPython, ["-c", rtspParts]).status === 0,
    enable:
      "install GStreamer's RTSP server (Debian: apt-get install gir1.2-gst-rtsp-server-1.0 python3-gi gstreamer1.0-plugins-good gstreamer1.0-plugins-bad)",
  },
  tmux: {
    there: () => spawnSync("tmux", ["-V"]).status === 0,
    enable: "install tmux (Debian: apt-get install tmux)",
  },
  seed: {
    there: () => existsSync(sharedFile("seed/kafka.yaml")),
    enable: "put the files of the deployment tmon replaces at ../shared/seed/",
  },
};
export type Need = keyof typeof needs;

/** True if one of them is missing here: for `describe.skipIf`. */
export function lacks(...names: Need[]): boolean {
  return names.some((name) => !needs[name].there());
}

/** Everything that is missing here, with how to enable it. */
export function missing(): string[] {
  const names = Object.keys(needs) as Need[];
  return names.filter((name) => lacks(name)).map((name) => `${name}: ${needs[name].enable}`);
}
