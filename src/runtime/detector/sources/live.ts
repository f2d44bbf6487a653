import type { CameraConfig } from "../../../config/config.ts";
import type { RgbPicture } from "../../../vision/picture.ts";
import { runFfmpeg } from "./ffmpeg.ts";
import { streamKindOf } from "./kind.ts";
import { liveInput, requirePlain, type StreamKind, timeoutMs } from "./live-input.ts";
import { measure } from "./measure.ts";
import { asPictures, pictureCutter } from "./pictures.ts";
import { keyFramesSuffice, type Rhythm } from "./rhythm.ts";
import { pollSnapshots } from "./snapshot.ts";
import type { PlayOptions, Source } from "./source.ts";
import { explainTrouble, type Trouble } from "./trouble.ts";

/** For the first picture: a camera may let a key frame wait. */
const firstMs = 20_000;
/** A picture this late is no hiccup, however short the interval. */
const leastSilenceMs = 5000;
/** A stream is silent once so many pictures did not come. */
const missedPictures = 3;

/**
 * An RTSP or HTTP camera.
 *
 *   measure (once, its first picture is delivered) -> decode, key frames alone where they suffice -> broke off
 *
 * Every end of a live stream is a failure, ffmpeg's exit 0 too. What was measured is kept for reconnects, until a
 * stream ends without a picture.
 * @throws TmonError TMON_SOURCE_UNSUPPORTED
 */
export function openLiveSource({ url: secret, shownUrl }: Pick<CameraConfig, "url" | "shownUrl">): Source {
  const url = secret.reveal();
  requirePlain(url);
  let kind: StreamKind | "snapshot" | undefined;
  let rhythm: Rhythm | undefined;
  let settled = false;
  let playedBefore = false;

  async function play(options: PlayOptions): Promise<undefined> {
    const { intervalMs, memory, signal, onPicture } = options;
    const startedAt = performance.now();
    let pictures = 0;
    let lastAt = startedAt;
    const counted = (picture: RgbPicture) => {
      pictures++;
      playedBefore = true;
      lastAt = performance.now();
      onPicture(picture);
    };
    const steady = (picture: RgbPicture) => {
      settled = true;
      counted(picture);
    };
    const trouble = (complaints: readonly string[]): Trouble => ({
      ...{ url, shownUrl, complaints, played: pictures > 0, playedBefore },
      timedOut: performance.now() - lastAt >= timeoutMs,
    });

    settled = false;
    kind ??= await streamKindOf(url, (complaint) => explainTrouble(trouble([complaint])), signal);
    if (signal.aborted) return;
    if (kind === "snapshot")
      return pollSnapshots(url, (complaint) => explainTrouble(trouble([complaint])), {
        ...options,
        onPicture: steady,
      });

    if (!rhythm) {
      const input = liveInput(url, kind);
      const measured = await measure({ input, memory, windowMs: intervalMs, onPicture: counted, signal });
      if (signal.aborted) return;
      if (!measured.rhythm) throw explainTrouble(trouble(measured.end.complaints));
      rhythm = measured.rhythm;
    }

    // ffmpeg invents the timestamps of MJPEG over HTTP.
    const clock = kind === "http" && rhythm.codec === "mjpeg" ? "arrival" : rhythm.clock;
    const clocked = { ...rhythm, clock } as const;
    const decoding = keyFramesSuffice(rhythm, intervalMs) ? ["-skip_frame", "nokey"] : [];
    const input = liveInput(url, kind, decoding);
    const { complaints } = await runFfmpeg({
      args: [...input.args, "-map", "0:V:0", "-vf", newest(options, clocked), ...asPictures, "-"],
      script: input.script,
      onOutput: pictureCutter(memory, steady),
      signal,
    });
    if (signal.aborted) return;
    if (!settled) {
      rhythm = undefined;
      kind = undefined;
    }
    throw explainTrouble(trouble(complaints));
  }

  return {
    play,
    patience: (intervalMs) => ({
      firstMs,
      nextMs: settled
        ? Math.max(missedPictures * Math.max(intervalMs, spacingMs(rhythm, intervalMs)), leastSilenceMs)
        : firstMs,
    }),
  };
}

/** The usual time between two frames that are decoded, ms. */
function spacingMs(rhythm: Rhythm | undefined, intervalMs: number): number {
  if (!rhythm) return 0;
  if (keyFramesSuffice(rhythm, intervalMs)) return rhythm.keyFrameMs ?? 0;
  return 1000 / (rhythm.framesPerSecond ?? Number.POSITIVE_INFINITY);
}

/** A frame that comes so much later than others of its age, ms, waited somewhere. */
const tolerableLagMs = 1000;
/** What the usual delay may grow by without being a lag: clocks differ, and a jump of timestamps is forgotten. */
const driftPerMs = 0.05;
/** After a silence all that comes within this time, ms, may have waited. */
const drainMs = 300;
/** A gap longer than this and than three usual ones is a silence, ms. */
const leastGapMs = 1000;

/**
 * ffmpeg's filter that leaves out what is not wanted: the first frame to arrive in each interval of the wall
 * clock, and no frame that waited on the way while the stream stood still. By the stream's own clock (t) a
 * frame waited if its delay, time(0) - t, exceeds the least one seen; without a clock all that follows a
 * silence is suspect. Registers: 9 now, 2 the frame before, 1 the least delay or the end of the silence, 0 the
 * interval last served.
 */
function newest({ intervalMs, phaseMs }: PlayOptions, rhythm: Rhythm): string {
  const gapMs = Math.max(leastGapMs, 3 * spacingMs(rhythm, intervalMs));
  const turn = `floor((ld(9)-${phaseMs / 1000})/${intervalMs / 1000})`;
  const delay = "ld(9)-t";
  const [note, fresh] =
    rhythm.clock === "source"
      ? [
          `st(1,if(ld(2),min(ld(1)+${driftPerMs}*(ld(9)-ld(2)),${delay}),${delay}))`,
          `lt(${delay}-ld(1),${tolerableLagMs / 1000})`,
        ]
      : [
          `st(1,if(gt(ld(2),0)*gt(ld(9)-ld(2),${gapMs / 1000}),ld(9),ld(1)))`,
          `gt(ld(9)-ld(1),${drainMs / 1000})`,
        ];
  const select = `if(${fresh}*gt(${turn},ld(0)),gt(st(0,${turn}),0),0)`;
  return `select='st(9,time(0));${note};st(2,ld(9));${select}'`;
}
