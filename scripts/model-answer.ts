/**
 * What tmon's detector gives a model for a picture, and what the model answers: float32 values, the input's and then the
 * output's. models/training/check.py compares them with what training had.
 *
 *   node --import ./scripts/typescript.mjs scripts/model-answer.ts MODEL.onnx WIDTH HEIGHT < picture.rgb > values.f32
 */
import { buffer } from "node:stream/consumers";
import { Tensor } from "onnxruntime-node";
import { openModel } from "../src/runtime/detector/model.ts";
import { createLetterbox } from "../src/vision/letterbox.ts";

const [file, width, height] = process.argv.slice(2);
if (file === undefined) throw new Error("MODEL.onnx is missing");
const { session, inputName, outputName, layout } = await openModel(file);
const { inputWidth, inputHeight } = layout;
const picture = { pixels: await buffer(process.stdin), width: Number(width), height: Number(height) };
const { input } = createLetterbox(inputWidth, inputHeight).fit(picture);
const feeds = { [inputName]: new Tensor("float32", input, [1, 3, inputHeight, inputWidth]) };
const output = (await session.run(feeds))[outputName]!.data as Float32Array;
for (const { buffer: bytes, byteOffset, byteLength } of [input, output])
  process.stdout.write(Buffer.from(bytes, byteOffset, byteLength));
