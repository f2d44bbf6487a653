import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { messagesOf } from "../support/bus-log.ts";
import { startFaultyProvider } from "../support/faulty-provider.ts";
import { lacks } from "../support/machine.ts";
import { sharedFile } from "../support/shared.ts";
import { runTmon, startTmon } from "../support/tmon.ts";
import { temporaryDirectory } from "../support/tmp.ts";

const directory = temporaryDirectory();

it.each(["5", "5 euro", "0yuan", "yuan", "-1yuan"])("--spend %s is no amount of money", async (text) => {
  const { exitCode, stderr } = await runTmon(["up", "--camera", "file:x.mp4", `--spend=${text}`]);
  expect(exitCode).toBe(2);
  expect(stderr).toMatch(/TMON_USAGE: --spend .*\n {2}what to do: .*5yuan/);
});

describe.skipIf(lacks("ffmpeg", "video", "model"))("up with a real key", () => {
  const camera = ["--camera", `file:${sharedFile("videos/road.mp4")}?loop=1`, "--interval", "100ms"];
  const model = ["--model", sharedFile("models/yolox_nano.onnx")];
  const run = async (...args: string[]) => {
    const provider = await startFaultyProvider("good");
    onTestFinished(() => provider.close());
    // A name of this machine that is not loopback's: its calls cost money.
    const env = {
      DASHSCOPE_API_KEY: "sk-any",
      TMON_VLM_BASE_URL: provider.url.replace("127.0.0.1", "0.0.0.0"),
    };
    const running = startTmon(["up", ...camera, ...model, "--port", "0", ...args], env);
    return { provider, running };
  };

  it("says the model, what an hour may cost, and that it stops at 20 yuan a day", async () => {
    const { running } = await run("--data-dir", join(directory, "default"));
    const said = await running.says("yuan an hour");
    expect(said).toMatch(/VLM qwen3-vl-plus at http:\/\/0\.0\.0\.0:\d+\/v1, 1 key/);
    expect(said).toMatch(
      /at most \d+\.\d\d yuan an hour with one group a picture on 1 camera; stops at 20 yuan/,
    );
    running.kill("SIGINT");
    await running.ended;
  });

  it("stops asking at the configured budget; groups then stay unassessed", async () => {
    const configDir = temporaryDirectory();
    writeFileSync(join(configDir, "tmon.yaml"), "budgets: { yuan_per_day: 0.02 }");
    const data = join(directory, "configured");
    const { provider, running } = await run("--config-dir", configDir, "--data-dir", data);
    await running.says("TMON_BUDGET_SPENT");
    running.kill("SIGINT");
    expect(await running.ended).toMatchObject({ exitCode: 0 });
    const results = (await messagesOf("risk-assessment-results", data)).map(({ value }) => value);
    const assessed = results.filter(({ status }) => status === "assessed");
    expect(provider.calls).toHaveLength(assessed.length);
    const yuan = assessed.map(({ metadata }) => (metadata as { costYuan: number }).costYuan);
    expect(yuan.reduce((sum, cost) => sum + cost, 0)).toBeLessThanOrEqual(0.02);
  });
});
