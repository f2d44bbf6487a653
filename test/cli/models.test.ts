import { existsSync, readdirSync, readFileSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { join } from "node:path";
import { execa } from "execa";
import { describe, expect, it, onTestFinished } from "vitest";
import { catalogue } from "../../src/config/models/catalogue.ts";
import { lacks } from "../support/machine.ts";
import { startModelMirror } from "../support/model-mirror.ts";
import { sharedFile } from "../support/shared.ts";
import { program, runTmon, startTmon } from "../support/tmon.ts";
import { temporaryDirectory } from "../support/tmp.ts";
import { until } from "../support/until.ts";

/** As long as YOLOX-Nano, but nothing. */
const zeros = Buffer.alloc(catalogue[0]!.export.bytes);

describe("tmon models list", () => {
  it("says of each model what it is and whether it is here", async () => {
    const TMON_MODELS_DIR = temporaryDirectory();
    const file = (name: string) => join(TMON_MODELS_DIR, name);
    writeFileSync(file("yolox_s.onnx"), "");
    truncateSync(file("yolox_s.onnx"), 35_858_002);
    writeFileSync(file("yolox_tiny.onnx.part"), "");
    const { stdout, exitCode } = await runTmon(["models", "list"], { TMON_MODELS_DIR });
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^NAME +STATE +FOR +SIZE +INPUT +CLASSES +DECODER +LICENCE/);
    expect(stdout).toMatch(/^yolox-nano +- +real roads +3\.7 MB +416x416 +80 +yolox +Apache-2\.0$/m);
    expect(stdout).toMatch(/^yolox-tiny +begun /m);
    expect(stdout).toMatch(/^yolox-s +here /m);

    truncateSync(file("yolox_s.onnx"), 1_000_000);
    const cut = await runTmon(["models", "list"], { TMON_MODELS_DIR });
    expect(cut.stdout).toMatch(/^yolox-s +incomplete /m);
    expect(cut.stderr).toContain(
      `yolox-s is incomplete: ${file("yolox_s.onnx")} has 1000000 bytes, not 35858002: tmon models pull yolox-s`,
    );

    const json = await runTmon(["models", "list", "-o", "json"], { TMON_MODELS_DIR });
    expect(JSON.parse(json.stdout).models[2]).toMatchObject({
      state: "incomplete",
      detail: expect.stringContaining("1000000 bytes"),
    });
    const [nano] = JSON.parse(json.stdout).models;
    expect(nano).toMatchObject({
      name: "yolox-nano",
      file: file("yolox_nano.onnx"),
      sha256: catalogue[0]!.export.sha256,
      classCount: 80,
      classes: expect.arrayContaining(["person", "truck", "stop sign"]),
      url: expect.stringContaining("/yolox_nano.onnx"),
    });
  });
});

describe.skipIf(lacks("model"))("a model that is pulled", () => {
  it("is found by its name, checked, and mended by another pull", async () => {
    const mirror = await startModelMirror({ file: readFileSync(sharedFile("models/yolox_nano.onnx")) });
    const env = { TMON_MODELS_DIR: join(temporaryDirectory(), "new/models"), TMON_MODELS_MIRROR: mirror.url };
    const file = join(env.TMON_MODELS_DIR, "yolox_nano.onnx");

    const planned = await runTmon(["models", "pull", "yolox-nano", "--dry-run"], env);
    expect(planned.stdout).toContain(`${mirror.url}yolox_nano.onnx to ${file}`);
    expect(existsSync(env.TMON_MODELS_DIR)).toBe(false);

    const pulled = await runTmon(["models", "pull", "yolox-nano"], env);
    expect(pulled).toMatchObject({ exitCode: 0, stdout: file });
    expect(pulled.stderr).toContain("yolox-nano: 3.7 MB, checksum right");
    expect(await runTmon(["models", "verify"], env)).toMatchObject({ exitCode: 0 });

    writeFileSync(file, zeros);
    const verified = await runTmon(["models", "verify", "-o", "json"], env);
    expect(verified.exitCode).toBe(1);
    expect(JSON.parse(verified.stdout).models).toContainEqual(
      expect.objectContaining({ name: "yolox-nano", result: "differs", file }),
    );
    expect(await runTmon(["models", "pull", "yolox-nano"], env)).toMatchObject({ exitCode: 0 });
    expect(await runTmon(["models", "verify", "yolox-nano"], env)).toMatchObject({ exitCode: 0 });
  });
});

describe("a pull", () => {
  const fails = async (args: string[], env: Record<string, string>, code: string, exitCode: number) => {
    const result = await runTmon(["models", "pull", ...args], env);
    expect(result.stderr).toMatch(new RegExp(`^tmon: ${code}: .+\\n  what to do: .+$`, "m"));
    expect(result.stderr.match(/what to do/g)).toHaveLength(1);
    expect(result).toMatchObject({ exitCode, stdout: "" });
    return result.stderr;
  };

  it("that cannot be says in one line what, in one what to do, and shows no password", async () => {
    const mirror = await startModelMirror({ file: zeros });
    const url = mirror.url.replace("//", "//me:secret@");
    const env = { TMON_MODELS_DIR: temporaryDirectory(), TMON_MODELS_MIRROR: url };
    expect(await fails(["yolox-nano"], env, "TMON_MODEL_CHECKSUM", 3)).not.toContain("secret");
    mirror.behave({ status: 404 });
    expect(await fails(["yolox-nano"], env, "TMON_MODEL_NOT_FOUND", 2)).not.toContain("secret");
    mirror.behave({ status: 500 });
    expect(await fails(["yolox-nano"], env, "TMON_MODEL_UNREACHABLE", 3)).not.toContain("secret");
    expect(await fails(["yolox-nan"], env, "TMON_USAGE", 2)).toContain("did you mean yolox-nano?");
    expect(readdirSync(env.TMON_MODELS_DIR)).toEqual([]);
  });

  it("that is interrupted keeps what came, says so, and ends as interrupted", async () => {
    const mirror = await startModelMirror({ file: zeros, ranges: true, hangAfter: 1_000_000 });
    const env = { TMON_MODELS_DIR: temporaryDirectory(), TMON_MODELS_MIRROR: mirror.url };
    const part = join(env.TMON_MODELS_DIR, "yolox_nano.onnx.part");
    const pulling = startTmon(["models", "pull", "yolox-nano"], env);
    await until(() => existsSync(part) && statSync(part).size === 1_000_000);
    pulling.kill("SIGINT");
    expect(await pulling.ended).toMatchObject({ exitCode: 130 });
    expect(pulling.stderr()).toContain("interrupted: 1.0 MB of yolox-nano are kept\n  what to do: ");
    expect(readdirSync(env.TMON_MODELS_DIR).toSorted()).toEqual([
      "yolox_nano.onnx.part",
      "yolox_nano.onnx.part.validator",
    ]);
  });

  it("onto a full disk says so, and keeps what came", async () => {
    const mirror = await startModelMirror({ file: zeros, ranges: true });
    const TMON_MODELS_DIR = temporaryDirectory();
    const args = [program, "models", "pull", "yolox-nano", "--mirror", mirror.url];
    // No file may grow above 1 MB (2,048 blocks of 512 bytes): the same to a writer as a full disk.
    const { exitCode, stderr } = await execa(
      "sh",
      ["-c", 'ulimit -f 2048; exec "$@"', "sh", process.execPath, ...args],
      { env: { TMON_MODELS_DIR }, reject: false },
    );
    expect(stderr).toMatch(/^tmon: TMON_DISK_FULL: .+\n {2}what to do: .+$/m);
    expect(exitCode).toBe(3);
    expect(statSync(join(TMON_MODELS_DIR, "yolox_nano.onnx.part")).size).toBe(2048 * 512);
  });

  it("goes through the proxy of the environment", async () => {
    const mirror = await startModelMirror({ file: zeros });
    const asked: string[] = [];
    const proxy = createServer().listen(0, "127.0.0.1");
    onTestFinished(() => void proxy.close());
    proxy.on("connect", ({ url }, socket) => {
      asked.push(url as string);
      const way = connect(Number(new URL(mirror.url).port), "127.0.0.1", () => {
        socket.write("HTTP/1.1 200 Connection Established\r\n\r\n");
        way.pipe(socket).pipe(way);
      });
      for (const each of [way, socket]) each.on("error", () => {});
    });
    await until(() => proxy.listening);
    const env = {
      TMON_MODELS_DIR: temporaryDirectory(),
      http_proxy: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`,
    };
    // Of zeros the checksum is wrong: by that it is known that they came.
    await fails(["yolox-nano", "--mirror", "http://no-such-host.invalid/"], env, "TMON_MODEL_CHECKSUM", 3);
    expect(asked).toEqual(["no-such-host.invalid:80"]);
  });
});
