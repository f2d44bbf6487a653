import { availableParallelism } from "node:os";
import { extname } from "node:path";
import { Worker } from "node:worker_threads";
import type { SimulatedCamera } from "../../config/simulated-camera.ts";
import { messageOf, TmonError } from "../../errors.ts";
import type { RgbPicture } from "../../vision/picture.ts";
import type { Moment, RenderAnswer, RenderRequest } from "./render-messages.ts";

/** Draws one camera, on a thread that it shares with others: the main thread is never kept busy. */
export interface Renderer {
  /**
   * One at a time.
   *
   * @param picture its pixels are in shared memory
   * @returns the moment of the camera's time that is shown, ms
   * @throws TmonError TMON_SOURCE_BROKEN
   */
  draw(moment: Moment, picture: RgbPicture): Promise<number>;
  /**
   * Resolves when the camera is forgotten, and the thread gone if it was its last one. A draw that was not answered is not any
   * more; its pixels may still be written to.
   */
  release(): Promise<void>;
}

/** Each draws over 100 pictures a second; cameras want one in 1.8 s. */
const camerasPerThread = 60;

interface Thread {
  readonly worker: Worker;
  readonly gone: Promise<void>;
  cameras: number;
  /** Of draws that are not answered yet, by the camera's number. */
  readonly waiting: Map<number, { resolve(timeMs: number): void; reject(error: Error): void }>;
}

const threads: Thread[] = [];
let nextCamera = 1;

export function acquireRenderer(camera: SimulatedCamera): Renderer {
  const thread = threadWithRoom();
  thread.cameras++;
  const number = nextCamera++;
  const send = (request: RenderRequest) => thread.worker.postMessage(request);
  return {
    draw: (moment, picture) =>
      new Promise((resolve, reject) => {
        if (!threads.includes(thread)) return reject(broken("their thread ended"));
        thread.waiting.set(number, { resolve, reject });
        send({ type: "draw", number, camera, moment, ...picture });
      }),
    async release() {
      thread.cameras--;
      thread.waiting.delete(number);
      send({ type: "forget", number });
      if (thread.cameras > 0 || !threads.includes(thread)) return;
      threads.splice(threads.indexOf(thread), 1);
      send({ type: "finish" });
      await thread.gone;
    },
  };
}

function threadWithRoom(): Thread {
  const emptiest = threads.toSorted((a, b) => a.cameras - b.cameras)[0];
  if (emptiest && (emptiest.cameras < camerasPerThread || threads.length >= availableParallelism()))
    return emptiest;
  const thread = startThread();
  threads.push(thread);
  return thread;
}

function startThread(): Thread {
  const worker = new Worker(new URL(`./render-worker${extname(import.meta.url)}`, import.meta.url));
  const waiting: Thread["waiting"] = new Map();
  let reason = "it ended";
  worker.on("message", ({ number, timeMs }: RenderAnswer) => {
    waiting.get(number)?.resolve(timeMs);
    waiting.delete(number);
  });
  worker.on("error", (error) => {
    reason = messageOf(error);
  });
  const gone = new Promise<void>((resolve) =>
    worker.on("exit", () => {
      const index = threads.indexOf(thread);
      if (index >= 0) threads.splice(index, 1);
      for (const { reject } of waiting.values()) reject(broken(reason));
      resolve();
    }),
  );
  const thread: Thread = { worker, gone, cameras: 0, waiting };
  return thread;
}

function broken(reason: string): TmonError {
  return new TmonError(
    "TMON_SOURCE_BROKEN",
    `simulated cameras are not drawn any more: ${reason}`,
    "start tmon again if they do not come back by themselves",
  );
}
