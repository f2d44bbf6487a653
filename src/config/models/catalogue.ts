/** A file that holds a model. */
export interface ModelExport {
  /** Hexadecimal. */
  readonly sha256: string;
  readonly bytes: number;
}

/** A detector model that tmon knows by name. Of all of them tmon uses its eight classes (messages/common.ts). */
export interface CatalogueModel {
  readonly name: string;
  /** Its file's name, in the directory of models or, of a shipped one, in the package's `models/`. */
  readonly file: string;
  /** SPDX. */
  readonly licence: string;
  /** What it may look at. */
  readonly purpose: "roads" | "simulation";
  /** How many classes it was trained for. */
  readonly classCount: 80 | 8;
  /** Width and height of its input, pixels. */
  readonly input: readonly [width: number, height: number];
  readonly decoder: "yolox";
  /** Where its publisher has it; undefined: it is shipped with tmon. */
  readonly url: string | undefined;
  readonly export: ModelExport;
  /** The same network as others exported it. */
  readonly otherExports: readonly ModelExport[];
}

/** Source of addresses and input sizes: demo/ONNXRuntime/README.md of Megvii's YOLOX; of checksums: decision 24. */
const release = "https://github.com/Megvii-BaseDetection/YOLOX/releases/download/0.1.1rc0";

const yolox = {
  licence: "Apache-2.0",
  purpose: "roads",
  classCount: 80,
  decoder: "yolox",
  otherExports: [],
} as const;

/** The first that is there looks at real roads unless another one is named: the fastest. */
export const catalogue: readonly CatalogueModel[] = [
  {
    ...yolox,
    name: "yolox-nano",
    file: "yolox_nano.onnx",
    input: [416, 416],
    url: `${release}/yolox_nano.onnx`,
    export: { sha256: "c789161ed43c8269fcd4e67c67eeeb4e80c622da2eb296a20bc6007bd18a0b7d", bytes: 3_659_407 },
    // By PyTorch 1.11: what tmon's own tests and figures were made with.
    otherExports: [
      { sha256: "e8af074932d4ed7e232278e3055cefcdea3edf178874a3694ae292649fb464dd", bytes: 3_678_356 },
    ],
  },
  {
    ...yolox,
    name: "yolox-tiny",
    file: "yolox_tiny.onnx",
    input: [416, 416],
    url: `${release}/yolox_tiny.onnx`,
    export: { sha256: "427cc366d34e27ff7a03e2899b5e3671425c262ea2291f88bb942bc1cc70b0f7", bytes: 20_219_662 },
  },
  {
    ...yolox,
    name: "yolox-s",
    file: "yolox_s.onnx",
    input: [640, 640],
    url: `${release}/yolox_s.onnx`,
    export: { sha256: "c5c2d13e59ae883e6af3b45daea64af4833a4951c92d116ec270d9ddbe998063", bytes: 35_858_002 },
  },
  {
    ...yolox,
    name: "tmon-simulated",
    file: "tmon-simulated.onnx",
    purpose: "simulation",
    classCount: 8,
    input: [416, 256],
    url: undefined,
    // Of the file as it is now: another one is another line here.
    export: { sha256: "8b1735e79335ff192a3e87609dd60cc3eedb5a44110f9b6493c75aa58adf82ac", bytes: 3_583_369 },
  },
];

/** The one to begin with on real roads. */
export const recommendedModel = "yolox-nano";

export function exportsOf(model: CatalogueModel): readonly ModelExport[] {
  return [model.export, ...model.otherExports];
}
