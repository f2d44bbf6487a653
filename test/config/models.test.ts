import { mkdirSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { withDetectorModel } from "../../src/config/checks.ts";
import { catalogue } from "../../src/config/models/catalogue.ts";
import { modelFor } from "../../src/config/models/choose.ts";
import { temporaryDirectory } from "../support/tmp.ts";
import { failureOf, failureOfFiles, home, load, loadFiles } from "./harness.ts";

const modelOf = (model: string, env: NodeJS.ProcessEnv = {}) => load({ model }, env).config.detector.model;

/** A directory of models with these files, each as long as the catalogue has it. */
function modelsWith(...files: string[]): string {
  const directory = temporaryDirectory();
  for (const file of files) {
    writeFileSync(join(directory, file), "");
    const bytes = catalogue.find((model) => model.file === file)?.export.bytes ?? 0;
    truncateSync(join(directory, file), bytes);
  }
  return directory;
}

describe("the catalogue", () => {
  it("has for each model a name, a checksum, a size and a licence, and nothing twice", () => {
    for (const { name, export: first, otherExports, licence } of catalogue) {
      expect(name).toMatch(/^[a-z0-9-]+$/);
      expect(licence).toBe("Apache-2.0");
      for (const { sha256, bytes } of [first, ...otherExports]) {
        expect(sha256).toMatch(/^[0-9a-f]{64}$/);
        expect(bytes).toBeGreaterThan(1e6);
      }
    }
    expect(new Set(catalogue.map(({ name }) => name)).size).toBe(catalogue.length);
    expect(new Set(catalogue.map(({ file }) => file)).size).toBe(catalogue.length);
  });
});

describe("where models lie", () => {
  it("is what the environment says, then tmon.yaml, then where data of a user lie", () => {
    const directory = (env: NodeJS.ProcessEnv) => load({}, env).config.models.directory;
    expect(directory({})).toBe(join(home, ".local/share/tmon/models"));
    expect(directory({ XDG_DATA_HOME: "/data" })).toBe("/data/tmon/models");
    expect(directory({ XDG_DATA_HOME: "not/absolute" })).toBe(join(home, ".local/share/tmon/models"));
    expect(directory({ XDG_DATA_HOME: "/data", TMON_MODELS_DIR: "/models" })).toBe("/models");
    const files = { "tmon.yaml": "models: { directory: nearby }" };
    const { config } = loadFiles(files);
    expect(config.models.directory).toBe(join(config.configDir as string, "nearby"));
    expect(loadFiles(files, { TMON_MODELS_DIR: "/models" }).config.models.directory).toBe("/models");
  });
});

describe("a mirror", () => {
  it("is named by a flag, the environment or tmon.yaml, in this order, as a directory", () => {
    const files = { "tmon.yaml": "models: { mirror: http://file.example/m }" };
    const env = { TMON_MODELS_MIRROR: "http://environment.example/m/" };
    expect(load().config.models.mirror).toBeUndefined();
    expect(loadFiles(files).config.models.mirror).toBe("http://file.example/m/");
    expect(loadFiles(files, env).config.models.mirror).toBe("http://environment.example/m/");
    const flags = { mirror: "https://flag.example" };
    expect(loadFiles(files, env, flags).config.models.mirror).toBe("https://flag.example/");
  });

  it("is refused where it is no address, without its password", () => {
    expect(failureOf({ mirror: "ftp://me:secret@mirror.example" })).toMatchObject({
      code: "TMON_USAGE",
      message: expect.not.stringContaining("secret"),
    });
    expect(failureOf({}, { TMON_MODELS_MIRROR: "mirror.example" }).code).toBe("TMON_CONFIG_INVALID");
    expect(failureOfFiles({ "tmon.yaml": "models: { mirror: 7 }" }).code).toBe("TMON_CONFIG_INVALID");
  });
});

describe("a detector model", () => {
  it("is named as in the catalogue, wherever one is, whether it is there yet or not", () => {
    expect(modelOf("yolox-tiny", { TMON_MODELS_DIR: "/models" })).toBe("/models/yolox_tiny.onnx");
    const { config } = loadFiles({ "tmon.yaml": "detector: { model: yolox-s }" });
    expect(config.detector.model).toBe(join(home, ".local/share/tmon/models/yolox_s.onnx"));
  });

  it("is otherwise a path, or the name of a file among the models", () => {
    const TMON_MODELS_DIR = modelsWith("own.onnx");
    expect(modelOf("sub/own.onnx", { TMON_MODELS_DIR })).toBe(join(home, "sub/own.onnx"));
    expect(modelOf("own", { TMON_MODELS_DIR })).toBe(join(TMON_MODELS_DIR, "own.onnx"));
    expect(modelOf("own.onnx", { TMON_MODELS_DIR })).toBe(join(TMON_MODELS_DIR, "own.onnx"));
    mkdirSync(join(home, "here"), { recursive: true });
    writeFileSync(join(home, "own.onnx"), "");
    expect(modelOf("own.onnx", { TMON_MODELS_DIR })).toBe(join(home, "own.onnx"));
  });

  it("that nobody named is for real pictures the first of the catalogue that was pulled, or none", () => {
    const chosen = (directory: string) => modelFor("real", load({}, { TMON_MODELS_DIR: directory }).config);
    const [none, some] = [modelsWith(), modelsWith("yolox_s.onnx", "yolox_tiny.onnx", "own.onnx")];
    expect(chosen(none)).toBeUndefined();
    expect(chosen(some)).toBe(join(some, "yolox_tiny.onnx"));
  });

  it("that was pulled and cut off is not taken, and with none beside it that is what is said", () => {
    const directory = modelsWith("yolox_nano.onnx", "yolox_tiny.onnx");
    const watching = () => load({ camera: ["rtsp://192.0.2.1/a"] }, { TMON_MODELS_DIR: directory }).config;
    truncateSync(join(directory, "yolox_nano.onnx"), 1_000_000);
    expect(modelFor("real", watching())).toBe(join(directory, "yolox_tiny.onnx"));
    truncateSync(join(directory, "yolox_tiny.onnx"), 0);
    expect(modelFor("real", watching())).toBeUndefined();
    expect(() => withDetectorModel(watching())).toThrow(
      expect.objectContaining({
        code: "TMON_NO_MODEL",
        message: expect.stringContaining("yolox_nano.onnx has 1000000 bytes, not 3659407 or 3678356"),
        todo: "tmon models pull yolox-nano",
      }),
    );
  });
});
