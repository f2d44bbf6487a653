import "./no-telemetry.ts";
import { InferenceSession } from "onnxruntime-node";
import { modelInvalid } from "../../config/models/file.ts";
import { messageOf } from "../../errors.ts";
import { type YoloxLayout, yoloxLayout } from "../../vision/yolox.ts";

export interface Model {
  readonly session: InferenceSession;
  readonly inputName: string;
  readonly outputName: string;
  readonly layout: YoloxLayout;
}

/** One core a session: a pool of them uses all cores better than one session that splits its work. */
export const sessionOptions: InferenceSession.SessionOptions = {
  intraOpNumThreads: 1,
  interOpNumThreads: 1,
  logSeverityLevel: 3,
};

/**
 * Loads an ONNX file.
 * @throws TmonError TMON_MODEL_INVALID if it is none, or not of a layout tmon can decode.
 */
export async function openModel(file: string): Promise<Model> {
  const session = await InferenceSession.create(file, sessionOptions).catch((error: unknown) => {
    throw modelInvalid(file, `is not a model onnxruntime can load (${reasonOf(error)})`, { cause: error });
  });
  const [input] = session.inputMetadata;
  const [output] = session.outputMetadata;
  const layout =
    input?.isTensor && output?.isTensor && input.type === "float32" && output.type === "float32"
      ? yoloxLayout(input.shape, output.shape)
      : undefined;
  if (!input || !output || !layout) {
    await session.release();
    throw modelInvalid(file, `takes ${shown(input)} and gives ${shown(output)}`);
  }
  return { session, inputName: input.name, outputName: output.name, layout };
}

/** Without the file's name, which is said already, and the place in onnxruntime's C++ that raised it. */
function reasonOf(error: unknown): string {
  return messageOf(error)
    .replaceAll("\n", " ")
    .replace(/^Load model from .*? failed:/, "")
    .replace(/^\S+\.cc:\d+ .*\) (?=\S)/, "")
    .trim();
}

function shown(value: InferenceSession.ValueMetadata | undefined): string {
  return value?.isTensor ? `${value.type} [${value.shape.join(",")}]` : "no tensor";
}
