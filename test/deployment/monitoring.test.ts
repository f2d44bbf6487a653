import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { execa } from "execa";
import { describe, expect, onTestFinished, test } from "vitest";
import { parse } from "yaml";
import { freePort } from "../support/free-port.ts";
import { lacks } from "../support/machine.ts";
import { sharedFile } from "../support/shared.ts";
import { startTmon } from "../support/tmon.ts";
import { temporaryDirectory } from "../support/tmp.ts";
import { until } from "../support/until.ts";

const file = (path: string) => fileURLToPath(new URL(`../../deployment/${path}`, import.meta.url));

interface Dashboard {
  panels: { title: string; targets: { expr: string }[] }[];
}

/** What shows nothing while all is well, and without limits. */
const mayBeEmpty = ["Errors by code", "Quota used"];

describe.skipIf(lacks("ffmpeg", "video", "model", "prometheus"))("the dashboard", () => {
  test("shows a figure of a real run in every panel, scraped by a real Prometheus", async () => {
    const directory = temporaryDirectory();
    const camera = ["--camera", `file:${sharedFile("videos/road.mp4")}?loop=1`, "--interval", "300ms"];
    const model = ["--model", sharedFile("models/yolox_nano.onnx")];
    const data = ["--data-dir", join(directory, "data"), "--port", "0"];
    const up = startTmon(["up", ...camera, ...model, ...data]);
    const [, address = ""] = /up runs: http:\/\/(\S+)/.exec(await up.says("up runs")) ?? [];

    const config = parse(readFileSync(file("prometheus.yml"), "utf8"));
    config.global.scrape_interval = "1s";
    config.rule_files = config.rule_files.map(file);
    config.scrape_configs[0].static_configs[0].targets = [address];
    writeFileSync(join(directory, "prometheus.yml"), JSON.stringify(config));
    const port = await freePort();
    const prometheus = execa(
      "prometheus",
      [
        `--config.file=${join(directory, "prometheus.yml")}`,
        `--storage.tsdb.path=${join(directory, "series")}`,
        `--web.listen-address=127.0.0.1:${port}`,
      ],
      { reject: false, stdio: "ignore" },
    );
    onTestFinished(async () => {
      prometheus.kill("SIGKILL");
      await prometheus;
    });

    const ask = async (expr: string): Promise<unknown[]> => {
      const url = `http://127.0.0.1:${port}/api/v1/query?query=${encodeURIComponent(expr)}`;
      const answer = await fetch(url).catch(() => undefined);
      // It is still starting.
      if (!answer || answer.status === 503) return [];
      const body = (await answer.json()) as { error?: string; data?: { result: unknown[] } };
      if (answer.status === 400) throw new Error(`${expr}: ${body.error}`);
      return body.data?.result ?? [];
    };
    const { panels }: Dashboard = JSON.parse(readFileSync(file("grafana-dashboards/tmon.json"), "utf8"));
    expect(panels.length).toBeGreaterThan(10);
    for (const { title, targets } of panels) {
      for (const { expr } of targets) {
        if (mayBeEmpty.includes(title)) await ask(expr);
        else await until(async () => (await ask(expr)).length > 0, { what: `${title}: ${expr}` });
      }
    }
  });
});
