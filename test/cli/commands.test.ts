import { statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { execa } from "execa";
import { describe, expect, it } from "vitest";
import { openTasks, stopped } from "../support/bus-log.ts";
import { startFaultyProvider } from "../support/faulty-provider.ts";
import { lacks } from "../support/machine.ts";
import { sharedFile } from "../support/shared.ts";
import { runTmon, startTmon } from "../support/tmon.ts";
import { temporaryDirectory } from "../support/tmp.ts";
import { until } from "../support/until.ts";

const directory = temporaryDirectory();

const commands = [
  ["up"],
  ["run", "detector"],
  ["run", "generator"],
  ["run", "scheduler"],
  ["run", "aggregator"],
  ["init-topics"],
  ["tail"],
  ["lag"],
  ["trace"],
  ["top"],
  ["dlq", "list"],
  ["dlq", "show"],
  ["dlq", "replay"],
  ["cameras", "test"],
  ["score"],
  ["models", "list"],
  ["models", "pull"],
  ["models", "verify"],
  ["schema"],
  ["sim", "vlm"],
  ["config", "show"],
  ["config", "validate"],
  ["config", "init"],
];

describe("the command line", () => {
  it.each(commands.map((words) => [words.join(" "), words]))(
    "%s has a help with real examples, at least two",
    async (name, words) => {
      const { stdout, exitCode } = await runTmon([...words, "--help"]);
      expect(exitCode).toBe(0);
      const [, examples = ""] = stdout.split("EXAMPLES");
      expect(examples.match(new RegExp(`\\$ tmon ${name}\\b`, "g"))?.length).toBeGreaterThanOrEqual(2);
    },
  );

  it.each([
    ["detect", "detector"],
    ["generate", "generator"],
    ["schedule", "scheduler"],
    ["aggregate", "aggregator"],
  ])("%s is run %s", async (verb, role) => {
    const help = async (...words: string[]) => (await runTmon([...words, "--help"])).stdout;
    const options = (text: string) => text.slice(text.indexOf("FLAGS"), text.indexOf("ALIASES"));
    expect(options(await help(verb))).toBe(options(await help("run", role)));
  });

  it("says its version", async () => {
    expect((await runTmon(["--version"])).stdout).toMatch(/^tmon\/\d+\.\d+\.\d+ /);
  });

  it("prints the JSON Schema of each topic with messages of its own", async () => {
    for (const topic of ["detection-results", "assessment-tasks", "risk-assessment-results", "incidents"]) {
      const { stdout } = await runTmon(["schema", topic]);
      expect(JSON.parse(stdout)).toMatchObject({ type: "object", properties: { cameraId: {} } });
    }
    expect((await runTmon(["schema", "dead-letters"])).exitCode).toBe(2);
  });

  it("writes configuration files that are valid as they stand, and overwrites none", async () => {
    const target = join(directory, "written");
    expect((await runTmon(["config", "init", target, "--dry-run"])).stdout).toContain("would write");
    expect((await runTmon(["config", "init", target])).stdout.split("\n")).toHaveLength(5);
    expect(await runTmon(["config", "validate", "--config-dir", target])).toMatchObject({
      exitCode: 0,
      stderr: "",
    });
    expect((await runTmon(["config", "init", target])).stderr).toContain("TMON_CONFIG_EXISTS");
    expect(statSync(join(target, "api_keys.yaml")).mode & 0o777).toBe(0o600);
  });

  it("runs from source as it does when built", async () => {
    const file = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url));
    const args = ["--import", file("scripts/typescript.mjs"), file("bin/dev.js"), "schema", "nothing"];
    const { exitCode, stderr } = await execa(process.execPath, args, { reject: false });
    expect(exitCode).toBe(2);
    expect(stderr).toContain("TMON_TOPIC_UNKNOWN");
  });
});

describe("a signal while a role starts", () => {
  it.each([
    ["SIGINT", 130],
    ["SIGTERM", 143],
  ] as const)("%s ends it with one plain line and %i", async (signal, exitCode) => {
    const data = join(directory, signal);
    const env = { TMON_REDIS_URL: "redis://127.0.0.1:1" };
    const running = startTmon(["run", "generator", "--port", "0", "--data-dir", data], env);
    const before = await running.says("waiting for Redis");
    running.kill(signal);
    expect(await running.ended).toMatchObject({ exitCode });
    expect(running.stderr().slice(before.length)).toBe("tmon: stopping before it was ready\n");
  });
});

describe.skipIf(lacks("ffmpeg", "video", "model"))("signals", () => {
  const up = (name: string, env: Record<string, string> = {}) => {
    const camera = ["--camera", `file:${sharedFile("videos/road.mp4")}?loop=1`, "--interval", "300ms"];
    const model = ["--model", sharedFile("models/yolox_nano.onnx")];
    return startTmon(["up", ...camera, ...model, "--port", "0", "--data-dir", join(directory, name)], env);
  };

  it("the first drains and ends with 0", async () => {
    const running = up("drained");
    await running.says("is live");
    running.kill("SIGINT");
    expect(await running.ended).toMatchObject({ exitCode: 0 });
  });

  it("the second stops at once, says so, and what was open is done by the next to run", async () => {
    const provider = await startFaultyProvider("hang");
    const running = up("stopped", { DASHSCOPE_API_KEY: "sk-any", TMON_VLM_BASE_URL: provider.url });
    await until(() => provider.calls.length > 0);
    running.kill("SIGTERM");
    await running.says("once more to stop at once");
    running.kill("SIGTERM");
    expect(await running.ended).toMatchObject({ exitCode: 143 });
    expect(running.stderr()).toContain("TMON_DRAIN_TIMEOUT");
    expect(running.stderr()).not.toContain("--drain");
    await provider.close();

    const data = join(directory, "stopped");
    expect(await openTasks(data)).not.toEqual([]);
    const roles = [["generator"], ["scheduler", "--vlm", "sim"]].map((words) =>
      startTmon(["run", ...words, "--port", "0", "--data-dir", data]),
    );
    await until(async () => (await openTasks(data)).length === 0);
    expect(await stopped(...roles)).toEqual([0, 0]);
  });
});
