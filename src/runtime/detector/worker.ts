/**
 * A detector worker: one thread, one single-threaded session, one picture at a time.
 *
 *   loading -> ready -> (job -> result)… -> finish -> gone
 *        \-> refused
 *
 * `session.run()` blocks the thread, and ending the thread from outside meanwhile would abort the whole
 * process: it ends by itself, between two jobs, when told to finish.
 */
import { MessageChannel, parentPort, workerData } from "node:worker_threads";
import { Tensor } from "onnxruntime-node";
import { TmonError } from "../../errors.ts";
import { giveWay } from "../../give-way.ts";
import { createLetterbox } from "../../vision/letterbox.ts";
import { clampBox, suppressOverlaps } from "../../vision/nms.ts";
import { type Candidate, decodeYolox } from "../../vision/yolox.ts";
import { type Model, openModel } from "./model.ts";
import type { WorkerAnswer, WorkerRequest, WorkerSettings } from "./worker-messages.ts";

const settings = workerData as WorkerSettings;
const port = parentPort!;

giveWay();
try {
  serve(await openModel(settings.model));
  answer({ type: "ready" });
} catch (error) {
  if (!(error instanceof TmonError)) throw error;
  answer({ type: "refused", code: error.code, message: error.message, todo: error.todo });
}

function serve(model: Model): void {
  const detect = createDetection(model);
  let jobs = Promise.resolve();
  port.on("message", (request: WorkerRequest) => {
    jobs = jobs.then(async () => {
      if (request.type === "finish") {
        await model.session.release();
        return port.close();
      }
      answer({ type: "result", objects: await detect(request) });
    });
  });
}

/** Letterbox, inference, decoding and NMS of one picture. */
function createDetection({ session, inputName, outputName, layout }: Model) {
  const { inputWidth, inputHeight } = layout;
  const letterbox = createLetterbox(inputWidth, inputHeight);

  return async (picture: WorkerRequest & { type: "job" }): Promise<Candidate[]> => {
    const { input, scale } = letterbox.fit(picture);
    const feeds = { [inputName]: new Tensor("float32", input, [1, 3, inputHeight, inputWidth]) };
    const output = (await session.run(feeds))[outputName]!.data as Float32Array<ArrayBuffer>;
    const candidates = decodeYolox(output, layout, scale, settings.confidence);
    free(output.buffer);
    return suppressOverlaps(candidates, settings.iou).map((object) => ({
      ...object,
      bbox: clampBox(object.bbox, picture.width, picture.height),
    }));
  };
}

const { port1: nowhere, port2: otherEnd } = new MessageChannel();
otherEnd.close();

/**
 * Each output is a megabyte of new memory, which would keep the garbage collector marking all the time. Handed
 * over to nobody, it is free at once.
 */
function free(memory: ArrayBuffer): void {
  nowhere.postMessage(undefined, [memory]);
}

function answer(message: WorkerAnswer): void {
  port.postMessage(message);
}
