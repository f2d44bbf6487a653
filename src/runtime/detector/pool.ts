import "./no-telemetry.ts";
import { access } from "node:fs/promises";
import { extname } from "node:path";
import { Worker } from "node:worker_threads";
import { modelNotFound } from "../../config/models/file.ts";
import { messageOf, TmonError } from "../../errors.ts";
import type { RgbPicture } from "../../vision/picture.ts";
import type { Candidate } from "../../vision/yolox.ts";
import { deferred } from "./deferred.ts";
import type { WorkerAnswer, WorkerRequest, WorkerSettings } from "./worker-messages.ts";

/** One in work and one at hand: a worker never waits for the main thread to bring the next. */
const jobsPerWorker = 2;

/**
 * Worker threads that detect objects in pictures.
 *
 *   loading -> ready -> finishing -> stopped
 *        \-> (refused)  \-> failed: a worker ended by itself
 */
export interface Pool {
  /** False while every worker has a job in work and one at hand. */
  hasRoom(): boolean;
  /** The picture's pixels must stay as they are meanwhile. */
  detect(picture: RgbPicture): Promise<Candidate[]>;
  /** Resolves when all workers are gone, each after the jobs it has. */
  stop(): Promise<void>;
  /** Rejects with TMON_DETECTOR_FAILED; never resolves. */
  readonly failed: Promise<never>;
}

/** @throws TmonError TMON_MODEL_NOT_FOUND, TMON_MODEL_INVALID */
export async function startPool(settings: WorkerSettings & { workers: number }): Promise<Pool> {
  const { workers: count, ...workerSettings } = settings;
  await access(settings.model).catch(() => {
    throw modelNotFound(settings.model);
  });
  const failure = deferred<never>();
  const members = Array.from({ length: count }, () => startMember(workerSettings, failure.reject));
  const stop = async () => {
    await Promise.all(members.map((member) => member.finish()));
  };
  try {
    await Promise.all(members.map((member) => member.ready));
  } catch (error) {
    await stop();
    throw error;
  }

  const idlest = () => members.reduce((best, member) => (member.jobs() < best.jobs() ? member : best));
  return {
    hasRoom: () => idlest().jobs() < jobsPerWorker,
    detect: (picture) => idlest().detect(picture),
    stop,
    failed: failure.promise,
  };
}

/** One worker thread, seen from the main thread. */
function startMember(settings: WorkerSettings, fail: (error: TmonError) => void) {
  const worker = new Worker(new URL(`./worker${extname(import.meta.url)}`, import.meta.url), {
    workerData: settings,
  });
  const ready = deferred<void>();
  const gone = deferred<void>();
  const jobs: ((objects: Candidate[]) => void)[] = [];
  let finishing = false;

  worker.on("message", (answer: WorkerAnswer) => {
    if (answer.type === "ready") return ready.resolve();
    if (answer.type === "refused")
      return ready.reject(new TmonError(answer.code, answer.message, answer.todo));
    jobs.shift()?.(answer.objects);
  });
  const ended = (reason: string) => {
    const error = new TmonError(
      "TMON_DETECTOR_FAILED",
      `a detector worker ended: ${reason}`,
      "start tmon again; if it comes back, see the log and try another model",
    );
    ready.reject(error);
    if (!finishing) fail(error);
  };
  worker.on("error", (error) => ended(messageOf(error)));
  worker.on("exit", (code) => {
    ended(`exit code ${code}`);
    gone.resolve();
  });

  const send = (request: WorkerRequest) => worker.postMessage(request);
  return {
    ready: ready.promise,
    jobs: () => jobs.length,
    detect: (picture: RgbPicture) =>
      new Promise<Candidate[]>((resolve) => {
        jobs.push(resolve);
        send({ type: "job", ...picture });
      }),
    finish() {
      if (!finishing) send({ type: "finish" });
      finishing = true;
      return gone.promise;
    },
  };
}
