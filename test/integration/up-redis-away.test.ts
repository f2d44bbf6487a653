import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import type { Report } from "../../src/runtime/report/report.ts";
import { messagesOf } from "../support/bus-log.ts";
import { lacks } from "../support/machine.ts";
import { startRedis } from "../support/redis.ts";
import { sharedFile } from "../support/shared.ts";
import { startTmon } from "../support/tmon.ts";
import { temporaryDirectory } from "../support/tmp.ts";
import { until } from "../support/until.ts";

describe.skipIf(lacks("ffmpeg", "video", "model", "redis"))(
  "tmon up that is told to end while Redis is away",
  () => {
    it("leaves what could not be pushed to the next run, and its report says what is known", async () => {
      const redis = await startRedis();
      onTestFinished(() => redis.stop());
      const data = temporaryDirectory();
      const report = join(data, "report.json");
      const camera = ["--camera", `file:${sharedFile("videos/road.mp4")}?loop=1`, "--interval", "300ms"];
      const model = ["--model", sharedFile("models/yolox_nano.onnx")];
      const running = startTmon(
        ["up", ...camera, ...model, "--port", "0", "--data-dir", data, "--drain", "2s", "--report", report],
        { TMON_REDIS_URL: redis.url },
      );
      const results = async () => (await messagesOf("risk-assessment-results", data)).length;
      await running.says("is live");
      await redis.stop();
      await running.says("frames cannot be pushed: they wait");
      const before = await results();
      await until(async () => (await results()) > before, { what: "a verdict that cannot be pushed" });
      running.kill("SIGINT");
      expect(await running.ended).toMatchObject({ exitCode: 130 });

      const lines = running.stderr().trim().split("\n");
      const last = lines.slice(lines.findIndex((line) => line.startsWith("tmon: stopped: ")));
      expect(last).toEqual([
        expect.stringMatching(/^tmon: stopped: \d+ frames/),
        expect.stringMatching(/^tmon: report \S+: incomplete \(Redis is away: /),
        expect.stringContaining("TMON_DRAIN_TIMEOUT: work was still open after 2 s"),
        expect.stringContaining("what to do: start it again"),
      ]);
      const run = JSON.parse(readFileSync(report, "utf8")) as Report;
      expect(run).toMatchObject({ lost: 0, incomplete: expect.stringMatching(/^Redis is away: /) });
      expect(run.pending).toBeGreaterThan(0);
    });
  },
);
