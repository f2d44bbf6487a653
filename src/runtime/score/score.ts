import { setTimeout as delay } from "node:timers/promises";
import type { Logger } from "pino";
import { abortAfter } from "../../abort-after.ts";
import { openBus } from "../../bus/open.ts";
import { requireDetector } from "../../config/checks.ts";
import type { Config } from "../../config/config.ts";
import type { ModelFile } from "../../config/models/file.ts";
import type { RiskTypeCode } from "../../messages/result.ts";
import { scriptedKinds } from "../../simulator/cameras/dangers/director.ts";
import { roleNames } from "../role.ts";
import { type System, startSystem } from "../system.ts";
import { besideTruth } from "./beside-truth.ts";
import { type KindScore, scoreOf, type Watched } from "./compare.ts";
import { readTold } from "./told.ts";

export interface ScoreOptions {
  /** Simulated cameras, and embedded bus and store in a directory of its own. */
  config: Config;
  forMs: number;
  log: Logger;
  signal: AbortSignal;
}

export interface Score {
  readonly seconds: number;
  readonly cameras: number;
  /** What found the road users. */
  readonly model: ModelFile;
  readonly vlm: { readonly model: string; readonly simulated: boolean; readonly calls: number };
  /** Of kinds that are not judged, undefined. */
  readonly kinds: readonly { readonly kind: RiskTypeCode; readonly score: KindScore | undefined }[];
  /** All judged kinds together. */
  readonly all: KindScore;
}

/** The simulated provider sees boxes alone: neither where anybody goes nor what a light shows. */
const judgedByBoxes: readonly RiskTypeCode[] = ["pedestrian_conflict", "tailgating"];

/** Longer than the first picture of every camera takes. */
const firstPicturesMs = 60_000;

/**
 * Lets the whole pipeline watch simulated cameras for a while, then compares what it told with the dangers that were
 * scripted: the truth is asked for when all is over.
 * @throws TmonError as startSystem; the signal's reason
 */
export async function runScore({ config, forMs, log, signal }: ScoreOptions): Promise<Score> {
  const model = requireDetector(config);
  const system = await startSystem({
    ...{ config, log, ending: signal, roles: roleNames, instance: `score-${process.pid}` },
    ...{ defaultPort: 0, observed: false },
  });
  let beganAt: ReadonlyMap<string, number>;
  let endedAt: number;
  try {
    const ended = watchFor(system, forMs, signal);
    await Promise.race([ended, system.failed]);
    endedAt = Date.now();
    const cameras = system.detector?.cameras() ?? [];
    beganAt = new Map(cameras.flatMap(({ id, firstFrameAt: at }) => (at === undefined ? [] : [[id, at]])));
    await Promise.race([system.drain(abortAfter(config.drainMs)), system.failed]);
  } finally {
    await system.stop();
  }
  signal.throwIfAborted();

  const bus = await openBus(config, log);
  const told = await readTold(bus, config).finally(() => bus.close());
  const watched = besideTruth(config.cameras, { told, beganAt, endedAt });
  return { seconds: forMs / 1000, cameras: watched.length, model, ...summarize(watched, config) };
}

async function watchFor({ detector }: System, forMs: number, signal: AbortSignal): Promise<void> {
  await Promise.race([detector?.firstFrames, delay(firstPicturesMs, undefined, { signal })]);
  await delay(forMs, undefined, { signal });
}

function summarize(watched: readonly Watched[], { vlm }: Config): Pick<Score, "vlm" | "kinds" | "all"> {
  const simulated = vlm.provider === "simulated";
  const isJudged = (kind: RiskTypeCode) => !simulated || judgedByBoxes.includes(kind);
  const calls = watched.flatMap((camera) => camera.calls).reduce((sum, call) => sum + call.calls, 0);
  return {
    vlm: { model: vlm.model, simulated, calls },
    kinds: scriptedKinds.map((kind) => ({
      kind,
      score: isJudged(kind) ? scoreOf(watched, [kind]) : undefined,
    })),
    all: scoreOf(watched, scriptedKinds.filter(isJudged)),
  };
}
