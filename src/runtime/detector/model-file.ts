import { readFile } from "node:fs/promises";
import { basename, extname } from "node:path";
import { PbfReader } from "pbf";
import { catalogue, recommendedModel } from "../../config/models/catalogue.ts";
import type { Pictures } from "../../config/models/choose.ts";
import { TmonError } from "../../errors.ts";

/** What is known of a detector model before it is loaded. */
export interface ModelFile {
  readonly path: string;
  /** `modelType` of a detection: the file's name without its extension. */
  readonly type: string;
  /** Made from rendered pictures, and for them alone: what it finds says so. */
  readonly forSimulation: boolean;
}

/** @throws TmonError TMON_MODEL_NOT_FOUND */
export async function readModelFile(path: string): Promise<ModelFile> {
  const bytes = await readFile(path).catch((error: NodeJS.ErrnoException) => {
    // Of what cannot be read the loader says why.
    if (error.code === "ENOENT") throw modelNotFound(path);
    return Buffer.alloc(0);
  });
  const purpose = metadataOf(bytes).get("purpose") ?? "";
  return { path, type: basename(path, extname(path)), forSimulation: /^simulat/i.test(purpose) };
}

export function modelNotFound(path: string): TmonError {
  const known = catalogue.find(({ file }) => file === basename(path));
  return new TmonError(
    "TMON_MODEL_NOT_FOUND",
    `the detector model ${path} is not there`,
    known
      ? `tmon models pull ${known.name}`
      : `name a YOLOX model in ONNX with --model FILE or detector.model in tmon.yaml, or tmon models pull ${recommendedModel}`,
  );
}

/** @throws TmonError TMON_MODEL_FOR_SIMULATION if it would look at real roads */
export function requireFitModel({ path, forSimulation }: ModelFile, pictures: Pictures): void {
  if (!forSimulation || pictures === "rendered") return;
  throw new TmonError(
    "TMON_MODEL_FOR_SIMULATION",
    `the detector model ${path} is made for rendered cameras alone, and would look at real pictures`,
    `leave --model and detector.model out after tmon models pull ${recommendedModel}, or name a model of real roads`,
  );
}

/** Fields of an ONNX file. Source: onnx.proto3, ModelProto.metadata_props and StringStringEntryProto. */
const [metadataField, keyField, valueField] = [14, 1, 2];

/** An ONNX file's notes of itself; none in what is no ONNX file. */
export function metadataOf(file: Uint8Array): Map<string, string> {
  const found = new Map<string, string>();
  const readEntry = (field: number, entry: { key: string; value: string }, reader: PbfReader) => {
    if (field === keyField) entry.key = reader.readString();
    if (field === valueField) entry.value = reader.readString();
  };
  try {
    new PbfReader(file).readFields((field, _, reader) => {
      if (field !== metadataField) return;
      const { key, value } = reader.readMessage(readEntry, { key: "", value: "" });
      found.set(key, value);
    }, undefined);
  } catch {
    return new Map();
  }
  return found;
}
