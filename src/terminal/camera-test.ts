import { writeFile } from "node:fs/promises";
import type { CameraConfig, Config } from "../config/config.ts";
import type { ConfigFlags } from "../config/load.ts";
import { recommendedModel } from "../config/models/catalogue.ts";
import { modelFor, type Pictures, picturesOf } from "../config/models/choose.ts";
import { type ModelFile, readModelFile, requireFitModel } from "../config/models/file.ts";
import { messageOf, TmonError } from "../errors.ts";
import { drawObjects } from "../runtime/detector/drawing.ts";
import { startPool } from "../runtime/detector/pool.ts";
import { keyFramesSuffice } from "../runtime/detector/sources/rhythm.ts";
import { type Trial, tryCamera } from "../runtime/detector/sources/try.ts";
import type { RgbPicture } from "../vision/picture.ts";
import type { Candidate } from "../vision/yolox.ts";
import { counted } from "./counted.ts";
import { formatTable, writeLine } from "./output.ts";
import { loadSettings } from "./settings.ts";
import { modelFacts, modelText } from "./simulation.ts";

/** Rarer key frames are called rarer, and not waited for, ms. */
const windowMs = 12_000;
const leastMs = 3000;
const timeoutMs = 30_000;

/** `tmon cameras test`: what a camera is, and its picture in a file. */
export async function testCamera(
  named: string,
  flags: ConfigFlags,
  { picture, output }: { picture: string; output: string },
): Promise<void> {
  const { config, camera } = find(named, flags);
  const trial = await tryCamera(camera, { windowMs, leastMs, timeoutMs });
  const found = await detect(trial.picture, config, picturesOf([camera]));
  await save(picture, await drawObjects(trial.picture, found?.objects ?? []));

  const facts = describe(camera, trial);
  if (output === "json") {
    const model = found ? modelFacts(found.model) : { model: null };
    return writeLine(JSON.stringify({ ...facts, ...model, objects: found?.objects ?? null, picture }));
  }
  await writeLine(formatTable(["CAMERA", camera.shownUrl], rowsOf(facts, found, picture)));
}

/** A camera of cameras.yaml by its id, whose password then stands on no command line; else the URL of one. */
function find(named: string, flags: ConfigFlags): { config: Config; camera: CameraConfig } {
  const isUrl = /^[a-z][a-z0-9+.-]*:/i.test(named);
  const { config } = loadSettings(isUrl ? { ...flags, camera: [named] } : flags);
  const camera = isUrl ? config.cameras[0] : config.cameras.find(({ id }) => id === named);
  if (camera) return { config, camera };
  const ids = config.cameras.map(({ id }) => id).join(", ");
  throw new TmonError(
    "TMON_NO_CAMERA",
    `${named} is no camera of cameras.yaml, and no URL`,
    ids === "" ? "write rtsp://HOST/PATH, or list cameras in cameras.yaml" : `cameras.yaml has ${ids}`,
  );
}

interface Found {
  readonly model: ModelFile;
  readonly objects: readonly Candidate[];
}

/** Undefined without a model. */
async function detect(picture: RgbPicture, config: Config, pictures: Pictures): Promise<Found | undefined> {
  const path = modelFor(pictures, config);
  if (path === undefined) return undefined;
  const model = readModelFile(path);
  requireFitModel(model, pictures);
  const { confidence, iou } = config.detector;
  const pool = await startPool({ model: path, confidence, iou, workers: 1 });
  try {
    return { model, objects: await pool.detect(picture) };
  } finally {
    await pool.stop();
  }
}

async function save(file: string, png: Buffer): Promise<void> {
  await writeFile(file, png).catch((error) => {
    throw new TmonError(
      "TMON_USAGE",
      `the picture cannot be written: ${messageOf(error)}`,
      "name a file in a writable directory with --picture",
      { cause: error },
    );
  });
}

type Facts = ReturnType<typeof describe>;

function describe({ shownUrl, intervalMs }: CameraConfig, { kind, rhythm, firstPictureMs }: Trial) {
  const { codec, width, height, framesPerSecond, keyFrameMs } = rhythm;
  const isStream = !["file", "snapshot", "simulated"].includes(kind);
  return {
    url: shownUrl,
    kind,
    codec,
    width,
    height,
    framesPerSecond: framesPerSecond === undefined ? null : Number(framesPerSecond.toFixed(2)),
    keyFrameIntervalMs: keyFrameMs === undefined ? null : Math.round(keyFrameMs),
    firstPictureMs: Math.round(firstPictureMs),
    intervalMs,
    keyFramesOnly: isStream && keyFramesSuffice(rhythm, intervalMs),
  };
}

function rowsOf(facts: Facts, found: Found | undefined, picture: string): [string, string][] {
  const seconds = (ms: number) => `${Number((ms / 1000).toFixed(2))} s`;
  const { kind, framesPerSecond, keyFrameIntervalMs, keyFramesOnly, intervalMs } = facts;
  const rows: [string, string][] = [
    ["codec", facts.codec],
    ["size", `${facts.width} x ${facts.height}`],
  ];
  if (framesPerSecond !== null) rows.push(["frame rate", `${framesPerSecond} a second`]);
  if (kind !== "snapshot" && kind !== "simulated")
    rows.push([
      "key frames",
      keyFrameIntervalMs === null
        ? `rarer than every ${seconds(windowMs)}`
        : `every ${seconds(keyFrameIntervalMs)}`,
    ]);
  rows.push([
    "first picture",
    `after ${seconds(facts.firstPictureMs)}${kind === "simulated" ? "" : "; what the camera itself adds cannot be seen"}`,
  ]);
  rows.push(["decoding", decodingOf(kind, keyFramesOnly, seconds(intervalMs))]);
  if (found) rows.push(["model", modelText(found.model)]);
  rows.push([
    "picture",
    `${picture}, ${found ? `with ${counted(found.objects.length, "object")}` : noObjects}`,
  ]);
  return rows;
}

const noObjects = `without objects: there is no detector model (tmon models pull ${recommendedModel}, or --model FILE)`;

function decodingOf(kind: Facts["kind"], keyFramesOnly: boolean, interval: string): string {
  if (kind === "snapshot") return `one picture is asked for every ${interval}`;
  if (kind === "simulated") return `none: one picture is drawn for every ${interval}`;
  if (kind === "file") return "all frames";
  return keyFramesOnly
    ? `key frames alone: they come often enough for a picture every ${interval}`
    : `all frames: key frames are too rare for a picture every ${interval}`;
}
