import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { type CatalogueModel, catalogue } from "../../../src/config/models/catalogue.ts";
import { pullModel } from "../../../src/runtime/models/pull.ts";
import { freePort } from "../../support/free-port.ts";
import { startHastyServer } from "../../support/hasty-server.ts";
import { type ModelMirror, startModelMirror } from "../../support/model-mirror.ts";
import { temporaryDirectory } from "../../support/tmp.ts";
import { until } from "../../support/until.ts";
import { sha256Of } from "./sha256.ts";

const content = randomBytes(2_000_000);
const known = catalogue[0] as CatalogueModel & { url: string };
const model = {
  ...known,
  file: "test.onnx",
  export: { sha256: sha256Of(content), bytes: content.length },
  otherExports: [],
};

let directory = "";
let mirror: ModelMirror;
beforeEach(async () => {
  directory = temporaryDirectory();
  mirror = await startModelMirror({ file: content, ranges: true });
});

const options = { signal: new AbortController().signal, onProgress() {} };
const file = () => join(directory, "test.onnx");
const pull = ({
  signal = new AbortController().signal,
  onProgress = (_: number) => {},
  url = mirror.url,
} = {}) => pullModel(model, { directory, mirror: url }, { signal, onProgress });

/** Pulls until so many bytes are there. */
async function pullPartly(): Promise<void> {
  mirror.behave({ hangAfter: 100_000 });
  const interrupt = new AbortController();
  const pulling = pull({
    signal: interrupt.signal,
    onProgress: (bytes) => bytes === 100_000 && interrupt.abort(),
  });
  await expect(pulling).rejects.toThrow("aborted");
  mirror.behave({ hangAfter: undefined });
}

describe("a model that is pulled", () => {
  it("is there under its name, and nothing beside it", async () => {
    let last = 0;
    const pulled = await pull({
      onProgress(bytes) {
        last = bytes;
      },
    });
    expect(pulled).toEqual({ file: file(), found: model.export, fetched: true });
    expect(sha256Of(readFileSync(file()))).toBe(model.export.sha256);
    expect(readdirSync(directory)).toEqual(["test.onnx"]);
    expect(mirror.requests).toMatchObject([{ path: "/models/test.onnx", range: undefined }]);
    expect(last).toBe(content.length);
  });

  it("is not fetched again", async () => {
    await pull();
    expect(await pull()).toMatchObject({ fetched: false });
    expect(mirror.requests).toHaveLength(1);
  });

  it("is fetched again where another file lies under its name", async () => {
    writeFileSync(file(), "something else");
    expect(await pull()).toMatchObject({ fetched: true });
    expect(sha256Of(readFileSync(file()))).toBe(model.export.sha256);
  });

  it("is not there under its name before all of it is", async () => {
    mirror.behave({ hangAfter: 100_000 });
    const interrupt = new AbortController();
    const pulling = pull({ signal: interrupt.signal });
    await until(() => existsSync(`${file()}.part`));
    expect(existsSync(file())).toBe(false);
    interrupt.abort();
    await expect(pulling).rejects.toThrow();
    expect(existsSync(file())).toBe(false);
  });

  it("may be any of the exports that the catalogue knows", async () => {
    const other = { ...model, export: { sha256: "0".repeat(64), bytes: 1 }, otherExports: [model.export] };
    const pulled = await pullModel(other, { directory, mirror: mirror.url }, options);
    expect(pulled.found).toEqual(model.export);
  });

  // nodejs/undici#5360: of sizes like these, some would come while nobody reads and end as all of it has come.
  it.each([70_000, 100_000, 130_000])(
    "is whole where the server hangs up at once: %i bytes",
    async (bytes) => {
      const short = content.subarray(0, bytes);
      const small = { ...model, export: { sha256: sha256Of(short), bytes } };
      for (const headers of [{ "content-length": `${bytes}` }, {}]) {
        directory = temporaryDirectory();
        const url = await startHastyServer(short, headers);
        await pullModel(small, { directory, mirror: url }, options);
        expect(readFileSync(file()).equals(short)).toBe(true);
      }
    },
  );

  it("is followed to where the server says it is", async () => {
    mirror.behave({ redirect: true });
    await pull();
    expect(mirror.requests.map(({ path }) => path)).toEqual(["/models/test.onnx", "/moved/models/test.onnx"]);
  });

  it("is asked for with the credentials of the mirror's address", async () => {
    await pull({ url: mirror.url.replace("//", "//me:p%40ss@") });
    const [request] = mirror.requests;
    expect(request?.headers.authorization).toBe(`Basic ${Buffer.from("me:p@ss").toString("base64")}`);
  });
});

describe("a pull that broke off", () => {
  it("goes on by itself while more comes each time", async () => {
    mirror.behave({ cutAfter: 700_000 });
    await pull();
    expect(sha256Of(readFileSync(file()))).toBe(model.export.sha256);
    const ranges = mirror.requests.map(({ range }) =>
      Number(/^bytes=(\d+)-$/.exec(range ?? "bytes=0-")?.[1]),
    );
    expect(ranges.length).toBeGreaterThanOrEqual(3);
    expect(ranges.slice(1).every((from, index) => from > ranges[index]!)).toBe(true);
  });

  it("gives up when nothing more comes, and keeps what came", async () => {
    await pullPartly();
    mirror.behave({ cutAfter: 0 });
    await expect(pull()).rejects.toMatchObject({ code: "TMON_MODEL_UNREACHABLE" });
    expect(readFileSync(`${file()}.part`).equals(content.subarray(0, 100_000))).toBe(true);
  });

  it("is gone on with by the next one, which fetches only the rest", async () => {
    await pullPartly();
    await pull();
    expect(mirror.requests.at(-1)).toMatchObject({ range: "bytes=100000-" });
    expect(sha256Of(readFileSync(file()))).toBe(model.export.sha256);
    expect(readdirSync(directory)).toEqual(["test.onnx"]);
  });

  it("is begun anew where the server has another file by now", async () => {
    const before = randomBytes(content.length);
    mirror.behave({ file: before });
    await pullPartly();
    expect(readFileSync(`${file()}.part`).equals(before.subarray(0, 100_000))).toBe(true);
    mirror.behave({ file: content });
    await pull();
    expect(mirror.requests.at(-1)?.range).toBe("bytes=100000-");
    expect(sha256Of(readFileSync(file()))).toBe(model.export.sha256);
  });

  it("is begun anew where the server knows no ranges", async () => {
    mirror.behave({ ranges: false });
    await pullPartly();
    await pull();
    expect(sha256Of(readFileSync(file()))).toBe(model.export.sha256);
  });

  it("needs no request any more where only the name was missing", async () => {
    writeFileSync(`${file()}.part`, content);
    expect(await pull()).toMatchObject({ fetched: true });
    expect(mirror.requests).toEqual([]);
  });

  it("is begun anew where more lies there than the file has", async () => {
    await pullPartly();
    writeFileSync(`${file()}.part`, randomBytes(content.length + 10));
    await pull();
    expect(sha256Of(readFileSync(file()))).toBe(model.export.sha256);
  });
});

describe("what is not the model", () => {
  it("by its checksum is discarded, and the file under its name stays as it was", async () => {
    writeFileSync(file(), "before");
    mirror.behave({ file: randomBytes(content.length) });
    await expect(pull()).rejects.toMatchObject({
      code: "TMON_MODEL_CHECKSUM",
      message: expect.stringContaining(model.export.sha256),
    });
    expect(readdirSync(directory)).toEqual(["test.onnx"]);
    expect(readFileSync(file(), "utf8")).toBe("before");
  });

  it("by its length is not fetched at all", async () => {
    mirror.behave({ file: Buffer.from("<html>log in first</html>") });
    await expect(pull()).rejects.toMatchObject({ code: "TMON_MODEL_CHECKSUM" });
    expect(readdirSync(directory)).toEqual([]);
  });

  it("because it is longer, which the server did not say, is not read on", async () => {
    const url = await startHastyServer(Buffer.concat([content, content]));
    await expect(pull({ url })).rejects.toMatchObject({
      code: "TMON_MODEL_CHECKSUM",
      message: expect.stringContaining("longer"),
    });
    expect(existsSync(file())).toBe(false);
  });
});

describe("a pull that cannot be", () => {
  it.each([
    [404, "TMON_MODEL_NOT_FOUND"],
    [403, "TMON_MODEL_NOT_FOUND"],
    [503, "TMON_MODEL_UNREACHABLE"],
  ])("says so of an answer %i", async (status, code) => {
    mirror.behave({ status });
    await expect(pull()).rejects.toMatchObject({ code, message: expect.stringContaining(`${status}`) });
    expect(mirror.requests).toHaveLength(1);
  });

  it("says so where nothing listens, and where the host is unknown", async () => {
    for (const url of [`http://127.0.0.1:${await freePort()}/`, "http://no-such-host.invalid/"])
      await expect(pull({ url })).rejects.toMatchObject({ code: "TMON_MODEL_UNREACHABLE" });
  });

  it("says so where the directory cannot be", async () => {
    writeFileSync(join(directory, "file"), "");
    const nowhere = { directory: join(directory, "file/models"), mirror: mirror.url };
    await expect(pullModel(model, nowhere, options)).rejects.toMatchObject({
      code: "TMON_MODELS_DIR_UNWRITABLE",
    });
  });

  it("leaves a file to the process that is fetching it, and takes it over from one that is gone", async () => {
    mirror.behave({ hangAfter: 100_000 });
    const interrupt = new AbortController();
    const first = pull({ signal: interrupt.signal });
    await until(() => existsSync(`${file()}.lock`));
    await expect(pull()).rejects.toMatchObject({ code: "TMON_MODEL_BUSY" });
    interrupt.abort();
    await expect(first).rejects.toThrow();

    mirror.behave({ hangAfter: undefined });
    mkdirSync(directory, { recursive: true });
    writeFileSync(`${file()}.lock`, JSON.stringify({ pid: 1, startTime: "0", bootId: "another" }));
    expect(await pull()).toMatchObject({ fetched: true });
    expect(readdirSync(directory)).toEqual(["test.onnx"]);
  });
});
