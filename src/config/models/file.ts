import { readFileSync } from "node:fs";
import { basename, extname } from "node:path";
import { PbfReader } from "pbf";
import { messageOf, TmonError } from "../../errors.ts";
import { type CatalogueModel, catalogue, recommendedModel } from "./catalogue.ts";
import type { Pictures } from "./choose.ts";

/** What is known of a detector model before it is loaded. */
export interface ModelFile {
  readonly path: string;
  /** `modelType` of a detection: the file's name without its extension. */
  readonly type: string;
  /** Made from rendered pictures, and for them alone: what it finds says so. */
  readonly forSimulation: boolean;
}

/**
 * Without loading it.
 * @throws TmonError TMON_MODEL_NOT_FOUND; TMON_MODEL_INVALID if it is no ONNX file, or only a part of one
 */
export function readModelFile(path: string): ModelFile {
  const metadata = metadataOf(contentOf(path));
  if (!metadata) throw modelInvalid(path, "is no whole ONNX file", { todo: remedyOf(path) });
  const forSimulation = /^simulat/i.test(metadata.get("purpose") ?? "");
  return { path, type: basename(path, extname(path)), forSimulation };
}

function contentOf(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") throw modelNotFound(path);
    throw modelInvalid(path, `cannot be read (${messageOf(error)})`, { cause: error });
  }
}

export function modelNotFound(path: string): TmonError {
  return new TmonError(
    "TMON_MODEL_NOT_FOUND",
    `the detector model ${path} is not there`,
    remedyOf(path) ??
      `name a YOLOX model in ONNX with --model FILE or detector.model in tmon.yaml, or tmon models pull ${recommendedModel}`,
  );
}

const wanted =
  "give a YOLOX model in ONNX with 80 (COCO) or 8 classes: float32 [1,3,H,W] in, [1,N,5+classes] out";

export function modelInvalid(
  path: string,
  fault: string,
  { todo = wanted, cause }: { todo?: string | undefined; cause?: unknown } = {},
): TmonError {
  return new TmonError("TMON_MODEL_INVALID", `the detector model ${path} ${fault}`, todo, { cause });
}

/** How a model of the catalogue comes to be there, and whole. */
export function remedy({ name, url }: CatalogueModel): string {
  return url === undefined ? "install tmon again" : `tmon models pull ${name}`;
}

function remedyOf(path: string): string | undefined {
  const known = catalogue.find(({ file }) => file === basename(path));
  return known && remedy(known);
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

/** An ONNX file's notes of itself; undefined of what is no ONNX file, or only a part of one. */
export function metadataOf(content: Uint8Array): Map<string, string> | undefined {
  const found = new Map<string, string>();
  const readEntry = (field: number, entry: { key: string; value: string }, reader: PbfReader) => {
    if (field === keyField) entry.key = reader.readString();
    if (field === valueField) entry.value = reader.readString();
  };
  const file = new PbfReader(content);
  try {
    file.readFields((field, _, reader) => {
      if (field !== metadataField) return;
      const { key, value } = reader.readMessage(readEntry, { key: "", value: "" });
      found.set(key, value);
    }, undefined);
  } catch {
    return undefined;
  }
  // Of a file that was cut off the last field, most often the network, would end behind its end.
  return content.length > 0 && file.pos === content.length ? found : undefined;
}
