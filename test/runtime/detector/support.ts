import { join } from "node:path";
import { execa } from "execa";
import type { CameraConfig, Config, DetectorConfig } from "../../../src/config/config.ts";
import { redact } from "../../../src/config/redact.ts";
import { Secret } from "../../../src/config/secret.ts";
import { decode } from "../../../src/messages/codec.ts";
import { type Detection, detectionSchema } from "../../../src/messages/detection.ts";
import type { RoleContext } from "../../../src/runtime/role.ts";
import { testConfig } from "../../support/context.ts";
import { sharedFile } from "../../support/shared.ts";
import { temporaryDirectory } from "../../support/tmp.ts";

export const road = sharedFile("videos/road.mp4");
export const model = sharedFile("models/yolox_nano.onnx");

export function fileCamera(id: string, url: string, intervalMs = 400): CameraConfig {
  return { id, url: new Secret(url), shownUrl: url, source: "file", intervalMs, weight: 1 };
}

export function liveCamera(id: string, url: string, intervalMs = 400): CameraConfig {
  return { id, url: new Secret(url), shownUrl: redact(url), source: "live", intervalMs, weight: 1 };
}

export function detectorConfig(cameras: CameraConfig[], changes: Partial<DetectorConfig> = {}): Config {
  const config = testConfig(temporaryDirectory());
  return { ...config, cameras, detector: { ...config.detector, model, ...changes } };
}

/** All detections on the bus so far. */
export async function detectionsOn({ bus, config }: RoleContext): Promise<Detection[]> {
  const found: Detection[] = [];
  const topics = [config.topics["detection-results"].name];
  for await (const { value } of bus.read({ topics, from: "earliest", untilEnd: true })) {
    found.push(decode(detectionSchema, value));
  }
  return found;
}

/** The first seconds of the road, in a file that is readable from its start (a truncated one too). */
export async function roadClip(directory: string, name: string, seconds: number): Promise<string> {
  const file = join(directory, name);
  await execa("ffmpeg", ["-v", "error", "-i", road, "-t", `${seconds}`, "-c", "copy", file]);
  return file;
}

/** Process ids of the ffmpegs that play this file. */
export async function ffmpegsOf(file: string): Promise<number[]> {
  const { stdout } = await execa("ps", ["-eo", "pid=,stat=,args="]);
  return stdout
    .split("\n")
    .map((line) => /^\s*(\d+)\s+(\S+)\s+(.*)$/.exec(line))
    .filter(
      (match) => match?.[3]?.startsWith("ffmpeg ") && match[3].includes(file) && !match[2]?.startsWith("Z"),
    )
    .map((match) => Number(match?.[1]));
}
