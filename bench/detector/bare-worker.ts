import { parentPort, workerData } from "node:worker_threads";
import { Tensor } from "onnxruntime-node";
import { openModel } from "../../src/runtime/detector/model.ts";

const { session, inputName, layout } = await openModel(workerData);
const { inputWidth, inputHeight } = layout;
const data = new Float32Array(3 * inputHeight * inputWidth).fill(114);
const feeds = { [inputName]: new Tensor("float32", data, [1, 3, inputHeight, inputWidth]) };

parentPort?.on("message", async (durationMs: number) => {
  if (durationMs === 0) return parentPort?.close();
  const startedAt = performance.now();
  let runs = 0;
  while (performance.now() - startedAt < durationMs) {
    await session.run(feeds);
    runs++;
  }
  parentPort?.postMessage((runs * 1000) / (performance.now() - startedAt));
});
