import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { lacks } from "../support/machine.ts";
import { withMetadata } from "../support/onnx.ts";
import { sharedFile } from "../support/shared.ts";
import { runTmon, startTmon } from "../support/tmon.ts";
import { temporaryDirectory } from "../support/tmp.ts";

const directory = temporaryDirectory();
const road = `file:${sharedFile("videos/road.mp4")}`;
const model = sharedFile("models/yolox_nano.onnx");
let count = 0;

/** A file with the given content. */
function fileOf(name: string, content: string | Buffer): string {
  const file = join(directory, name);
  writeFileSync(file, content);
  return file;
}

function up(...args: string[]) {
  const data = join(directory, `data-${++count}`);
  return ["up", "--data-dir", data, "--port", "0", "--for", "1s", ...args];
}

/** One line of what happened and one of what to do, and nothing of a stack. */
function expectFailure(
  result: { exitCode: number | undefined; stderr: string },
  exitCode: number,
  code: string,
) {
  expect(result.stderr).toMatch(new RegExp(`^tmon: ${code}: .+\\n  what to do: .+$`, "m"));
  expect(result.stderr).not.toMatch(/^\s+at /m);
  expect(result.exitCode).toBe(exitCode);
}

const cameras = describe.skipIf(lacks("ffmpeg", "video", "model"));

cameras("a newcomer's mistakes are named with their cure", () => {
  it("no ffmpeg on the PATH", async () => {
    expectFailure(
      await runTmon(up("--camera", road, "--model", model), { PATH: directory }),
      2,
      "TMON_NO_FFMPEG",
    );
  });

  it("no ffmpeg for a live camera, or one too old for it", async () => {
    const live = up("--camera", "rtsp://127.0.0.1:9/live", "--model", model, "--vlm", "sim");
    expectFailure(await runTmon(live, { PATH: directory }), 2, "TMON_NO_FFMPEG");
    const old = join(directory, "old");
    mkdirSync(old);
    writeFileSync(join(old, "ffmpeg"), "#!/bin/sh\necho ffmpeg version 4.4.2-0ubuntu0.22.04.1", {
      mode: 0o755,
    });
    const result = await runTmon(live, { PATH: `${old}:/bin` });
    expectFailure(result, 2, "TMON_NO_FFMPEG");
    expect(result.stderr).toContain("4.4.2");
  });

  it("a video file that is not there", async () => {
    const result = await runTmon(up("--camera", "file:/nowhere/road.mp4", "--model", model));
    expectFailure(result, 2, "TMON_SOURCE_NOT_FOUND");
    expect(result.stderr).toContain("/nowhere/road.mp4");
  });

  it("an empty video file", async () => {
    const file = fileOf("empty.mp4", "");
    expectFailure(
      await runTmon(up("--camera", `file:${file}`, "--model", model)),
      2,
      "TMON_SOURCE_UNREADABLE",
    );
  });

  it("a file that is no video", async () => {
    const file = fileOf("text.mp4", "this is a letter to my grandmother\n".repeat(1000));
    expectFailure(
      await runTmon(up("--camera", `file:${file}`, "--model", model)),
      2,
      "TMON_SOURCE_UNREADABLE",
    );
  });

  it("a video cut off before its index", async () => {
    const file = fileOf("cut.mp4", readFileSync(sharedFile("videos/road.mp4")).subarray(0, 20_000));
    expectFailure(
      await runTmon(up("--camera", `file:${file}`, "--model", model)),
      2,
      "TMON_SOURCE_UNREADABLE",
    );
  });

  it("no camera for a detector alone, and no model", async () => {
    expectFailure(
      await runTmon(["run", "detector", "--data-dir", temporaryDirectory()]),
      2,
      "TMON_NO_CAMERA",
    );
    const bare = await runTmon(up("--camera", road));
    expectFailure(bare, 2, "TMON_NO_MODEL");
    expect(bare.stderr).toContain("what to do: tmon models pull yolox-nano");
  });

  it("a model that is not there, and one that is no model", async () => {
    expectFailure(
      await runTmon(up("--camera", road, "--model", "/nowhere/model.onnx")),
      2,
      "TMON_MODEL_NOT_FOUND",
    );
    for (const content of ["not a model", ""]) {
      const file = fileOf("wrong.onnx", content);
      const result = await runTmon(up("--camera", road, "--model", file));
      expectFailure(result, 2, "TMON_MODEL_INVALID");
      expect(result.stderr).not.toMatch(/onnxruntime::|Load model from/);
    }
  });

  it("a model for rendered cameras before a real road, and one of the catalogue that was not pulled", async () => {
    const forSimulation = withMetadata(readFileSync(model), { purpose: "simulated cameras" });
    const file = fileOf("rendered.onnx", forSimulation);
    expectFailure(await runTmon(up("--camera", road, "--model", file)), 2, "TMON_MODEL_FOR_SIMULATION");
    const absent = await runTmon(up("--camera", road, "--model", "yolox-tiny"));
    expectFailure(absent, 2, "TMON_MODEL_NOT_FOUND");
    expect(absent.stderr).toContain("what to do: tmon models pull yolox-tiny");
  });

  it("a model that cannot be what is needed, before bus and store are opened", async () => {
    const half = readFileSync(model).subarray(0, 1_000_000);
    for (const [wrong, code] of [
      ["none.onnx", "TMON_MODEL_NOT_FOUND"],
      [fileOf("half.onnx", half), "TMON_MODEL_INVALID"],
      ["tmon-simulated", "TMON_MODEL_FOR_SIMULATION"],
    ] as const)
      for (const command of [up(), ["run", "detector", ...up().slice(1)]]) {
        const result = await runTmon([...command, "--camera", road, "--model", wrong]);
        expectFailure(result, 2, code);
        expect(existsSync(join(directory, `data-${count}`))).toBe(false);
      }
  });

  it("a live camera without an API key, before anything is started", async () => {
    expectFailure(
      await runTmon(up("--camera", "rtsp://u:secret@127.0.0.1/x", "--model", model)),
      2,
      "TMON_NO_API_KEY",
    );
  });

  it("a scheme nobody can read", async () => {
    expectFailure(
      await runTmon(up("--camera", "gopher://x", "--model", model)),
      2,
      "TMON_SOURCE_UNSUPPORTED",
    );
  });

  it("a port another process listens on", async () => {
    const server = createServer().listen(0, "127.0.0.1");
    await new Promise((resolve) => server.once("listening", resolve));
    const { port } = server.address() as { port: number };
    const args = ["up", "--data-dir", join(directory, "data-port"), "--camera", road, "--model", model];
    expectFailure(await runTmon([...args, "--port", `${port}`]), 3, "TMON_PORT_IN_USE");
    server.close();
  });

  it("listening beyond loopback without a token", async () => {
    expectFailure(
      await runTmon(up("--camera", road, "--model", model, "--host", "0.0.0.0")),
      2,
      "TMON_TOKEN_REQUIRED",
    );
  });
});

describe("configuration files", () => {
  const withFile = (name: string, text: string) => {
    const dir = join(directory, `config-${++count}`);
    mkdirSync(dir);
    writeFileSync(join(dir, name), text);
    return runTmon(["config", "validate", "--config-dir", dir]);
  };

  it("broken YAML names file, line and column", async () => {
    const result = await withFile("tmon.yaml", "bus: embedded\n  store: [\n");
    expectFailure(result, 2, "TMON_CONFIG_SYNTAX");
    expect(result.stderr).toMatch(/tmon\.yaml:\d+:\d+/);
  });

  it("an unknown key names the nearest known one", async () => {
    const result = await withFile("tmon.yaml", "detector:\n  intervall: 1s\n");
    expectFailure(result, 2, "TMON_CONFIG_INVALID");
    expect(result.stderr).toMatch(/tmon\.yaml:2.*intervall/);
    expect(result.stderr).toContain("interval");
  });

  it("a wrong type names key and value", async () => {
    const result = await withFile("tmon.yaml", "detector:\n  confidence: high\n");
    expectFailure(result, 2, "TMON_CONFIG_INVALID");
    expect(result.stderr).toMatch(/confidence.*high/);
  });

  it("a directory that is not there", async () => {
    expectFailure(await runTmon(["config", "show", "--config-dir", "/nowhere"]), 2, "TMON_CONFIG_NOT_FOUND");
  });
});

describe("the data directory", () => {
  const args = (data: string) => [
    "up",
    "--data-dir",
    data,
    "--camera",
    road,
    "--model",
    model,
    "--port",
    "0",
  ];

  it("that cannot be made", async () => {
    const file = fileOf("a-file", "");
    expectFailure(await runTmon(args(join(file, "data"))), 2, "TMON_DATA_DIR_UNWRITABLE");
  });

  it("of a newer format", async () => {
    const data = join(directory, "newer");
    mkdirSync(data);
    writeFileSync(join(data, "format"), "999\n");
    expectFailure(await runTmon(args(data)), 2, "TMON_DATA_DIR_NEWER");
    expect(readFileSync(join(data, "format"), "utf8")).toBe("999\n");
  });
});

describe("the command line", () => {
  it("a wrong flag, a wrong command and a wrong duration end with 2 and never print argv", async () => {
    const flag = await runTmon(["up", "--camera", "rtsp://u:hunter2@h/x", "--modle", "x"]);
    expectFailure(flag, 2, "TMON_USAGE");
    expect(flag.stderr).not.toContain("hunter2");
    expectFailure(await runTmon(["upp"]), 2, "TMON_USAGE");
    expectFailure(
      await runTmon(up("--camera", road, "--model", model, "--interval", "fast")),
      2,
      "TMON_USAGE",
    );
  });

  it("errors are JSON where JSON was asked for", async () => {
    const { stderr, stdout, exitCode } = await runTmon(["tail", "nonsense", "-o", "json"]);
    expect(JSON.parse(stderr.trim().split("\n").at(-1) as string).error.code).toBe("TMON_TOPIC_UNKNOWN");
    expect(stdout).toBe("");
    expect(exitCode).toBe(2);
  });

  it.skipIf(lacks("ffmpeg", "video", "model"))("a reader that goes away is no error", async () => {
    const data = join(directory, "pipe");
    const running = startTmon([
      "up",
      "--data-dir",
      data,
      "--camera",
      `${road}?loop=1`,
      "--model",
      model,
      "--interval",
      "200ms",
      "--port",
      "0",
    ]);
    await running.says("up runs");
    const { execa } = await import("execa");
    const program = process.argv0;
    const tail = await execa("bash", [
      "-o",
      "pipefail",
      "-c",
      `${program} bin/run.js tail detection-results --data-dir ${data} -o json | head -1`,
    ]);
    expect(JSON.parse(tail.stdout).topic).toBe("detection-results");
    expect(tail.exitCode).toBe(0);
    running.kill("SIGTERM");
    expect((await running.ended).exitCode).toBe(0);
  });
});
