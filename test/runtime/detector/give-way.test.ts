import { readdirSync, readFileSync } from "node:fs";
import { getPriority } from "node:os";
import { fileURLToPath } from "node:url";
import { describe, expect, onTestFinished, test } from "vitest";
import { parseSimulatedCamera } from "../../../src/config/simulated-camera.ts";
import { createPixelMemory } from "../../../src/runtime/detector/pixel-memory.ts";
import { startPool } from "../../../src/runtime/detector/pool.ts";
import { runFfmpeg } from "../../../src/runtime/detector/sources/ffmpeg.ts";
import { acquireRenderer } from "../../../src/simulator/cameras/renderer.ts";
import { pictureSize } from "../../../src/simulator/cameras/scenes/surroundings.ts";
import { lacks } from "../../support/machine.ts";

const model = fileURLToPath(new URL("../../../models/tmon-simulated.onnx", import.meta.url));
const ours = getPriority();
const lower = Math.min(19, ours + 10);
/** Of this process's threads. Source: proc_pid_stat(5), field 19, the 17th behind the name. */
const priorities = () =>
  readdirSync("/proc/self/task").map((thread) =>
    Number(readFileSync(`/proc/self/task/${thread}/stat`, "utf8").split(") ")[1]!.split(" ")[16]),
  );

// Of threads Linux alone knows it.
describe.skipIf(process.platform !== "linux")("have a lower priority than the main thread", () => {
  test("the threads that detect", async () => {
    const before = priorities().filter((priority) => priority === lower).length;
    const pool = await startPool({ model, workers: 2, confidence: 0.35, iou: 0.5 });
    onTestFinished(() => pool.stop());
    await pool.detect({ ...pictureSize, pixels: new Uint8Array(pictureSize.width * pictureSize.height * 3) });
    expect(priorities().filter((priority) => priority === lower).length).toBeGreaterThanOrEqual(before + 2);
    expect(getPriority(process.pid)).toBe(ours);
  });

  test("the thread that draws", async () => {
    const before = priorities().filter((priority) => priority === lower).length;
    const renderer = acquireRenderer(parseSimulatedCamera("highway?seed=1"));
    onTestFinished(() => renderer.release());
    await renderer.draw({ timeMs: 0 }, createPixelMemory().take(pictureSize));
    expect(priorities().filter((priority) => priority === lower).length).toBeGreaterThan(before);
    expect(getPriority(process.pid)).toBe(ours);
  });

  test.skipIf(lacks("ffmpeg"))("ffmpeg", async () => {
    const ending = new AbortController();
    let seen: number | undefined;
    await runFfmpeg({
      args: ["-re", "-f", "lavfi", "-i", "testsrc=size=64x64:rate=25", "-f", "rawvideo", "-"],
      signal: ending.signal,
      onOutput() {
        const children = readFileSync(`/proc/self/task/${process.pid}/children`, "utf8")
          .split(" ")
          .filter(Boolean);
        seen = Math.max(...children.map((pid) => getPriority(Number(pid))));
        ending.abort();
      },
    });
    expect(seen).toBe(lower);
  });
});
