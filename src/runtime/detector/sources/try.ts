import { abortAfter } from "../../../abort-after.ts";
import type { CameraConfig } from "../../../config/config.ts";
import type { RgbPicture } from "../../../vision/picture.ts";
import { createPixelMemory } from "../pixel-memory.ts";
import { fileInput, openFileSource, parseFileUrl } from "./file.ts";
import { streamKindOf } from "./kind.ts";
import { liveInput, type StreamKind, timeoutMs as silenceMs } from "./live-input.ts";
import { measure } from "./measure.ts";
import type { Rhythm } from "./rhythm.ts";
import { drawOnce } from "./simulated.ts";
import { fetchPicture } from "./snapshot.ts";
import { explainTrouble } from "./trouble.ts";

/** What a camera shows when it is opened once. */
export interface Trial {
  readonly picture: RgbPicture;
  readonly rhythm: Rhythm;
  readonly kind: StreamKind | "snapshot" | "file" | "simulated";
  /** From asking to the first picture, ms. */
  readonly firstPictureMs: number;
}

export interface TrialOptions {
  /** How long key frames are waited for, ms. */
  windowMs?: number;
  /** How long frames are counted at least, ms. */
  leastMs?: number;
  timeoutMs?: number;
}

/**
 * Opens a camera, as a detector would, and tells what it is.
 * @throws TmonError TMON_SOURCE_*, TMON_NO_FFMPEG
 */
export async function tryCamera(
  camera: CameraConfig,
  { windowMs = camera.intervalMs, leastMs = 1000, timeoutMs = 20_000 }: TrialOptions = {},
): Promise<Trial> {
  const startedAt = performance.now();
  const signal = abortAfter(timeoutMs);
  const memory = createPixelMemory();
  const url = camera.url.reveal();
  const { shownUrl } = camera;
  let first: { picture: RgbPicture; firstPictureMs: number } | undefined;
  const onPicture = (picture: RgbPicture) => {
    first ??= { picture, firstPictureMs: performance.now() - startedAt };
  };
  const failure = (...complaints: string[]) =>
    explainTrouble({
      ...{ url, shownUrl, complaints, played: false, playedBefore: false },
      timedOut: signal.aborted || performance.now() - startedAt >= silenceMs,
    });

  const kind = await kindOf(camera, failure, signal);
  if (kind === "simulated") {
    const picture = await drawOnce(url, memory);
    return {
      kind,
      picture,
      rhythm: pictureAlone(picture, "rendered"),
      firstPictureMs: performance.now() - startedAt,
    };
  }
  if (kind === "snapshot") {
    const picture = await fetchPicture(url, failure, memory, signal);
    return {
      kind,
      picture,
      rhythm: pictureAlone(picture, "jpeg"),
      firstPictureMs: performance.now() - startedAt,
    };
  }
  const input = kind === "file" ? { args: fileInput(parseFileUrl(url).path) } : liveInput(url, kind);
  const { rhythm, end } = await measure({ input, memory, windowMs, leastMs, onPicture, signal });
  if (!rhythm || !first) throw failure(...end.complaints);
  return { kind, rhythm, ...first };
}

/** Of what sends single pictures, each when it is asked for. */
function pictureAlone({ width, height }: RgbPicture, codec: string): Rhythm {
  return { codec, width, height, framesPerSecond: undefined, keyFrameMs: undefined, clock: "arrival" };
}

async function kindOf(
  { id, url: secret, source }: CameraConfig,
  failure: (complaint: string) => Error,
  signal: AbortSignal,
): Promise<Trial["kind"]> {
  const url = secret.reveal();
  if (source === "file") {
    await openFileSource(id, url);
    return "file";
  }
  return source === "sim" ? "simulated" : streamKindOf(url, failure, signal);
}
