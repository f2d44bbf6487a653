import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { afterEach, expect, test } from "vitest";
import { temporaryDirectory } from "../../support/tmp.ts";
import { until } from "../../support/until.ts";
import { detectionMessage, left, resultMessage, right } from "./frames.ts";
import { patientConfig, quickConfig, type Watch, watch } from "./harness.ts";

let screen: Watch;
let child: ChildProcess | undefined;
afterEach(async () => {
  child?.kill("SIGKILL");
  await screen.stop();
});

async function startChild(dataDir: string): Promise<void> {
  const file = fileURLToPath(new URL("./aggregator-child.ts", import.meta.url));
  child = fork(file, [dataDir], { execArgv: ["--import", "tsx"] });
  await once(child, "message");
}

test("a second aggregator has its share at once, though frames wait for their verdicts", async () => {
  screen = await watch(patientConfig(temporaryDirectory()));
  const first = await screen.startAggregator();
  const frames = Array.from({ length: 40 }, (_, cameraId) => ({ cameraId, messageId: `m${cameraId}` }));
  for (const { cameraId, messageId } of frames)
    await screen.send("detection-results", detectionMessage(messageId, [left], { cameraId }));
  await until(() => first.stats().framesOpen === frames.length);
  const second = await screen.startAggregator();
  // Well before the bus takes a partition away that its owner does not give up.
  const shared = () =>
    Number(second.stats().framesOpen) > 0 &&
    Number(first.stats().framesOpen) + Number(second.stats().framesOpen) === frames.length;
  await until(shared, { timeoutMs: 6_000 });
  for (const { cameraId, messageId } of frames)
    await screen.send("risk-assessment-results", resultMessage(messageId, 1, "high", { cameraId }));
  await screen.settled();
  const taskIds = frames.map(({ messageId }) => `${messageId}_group1`);
  expect(screen.shownTaskIds().sort()).toEqual(taskIds.sort());
});

test("after kill -9 the next aggregator reads on, and every verdict is shown once", async () => {
  const dataDir = temporaryDirectory();
  screen = await watch(quickConfig(dataDir));
  await startChild(dataDir);

  const frames = Array.from({ length: 60 }, (_, index) => `m${index}`);
  const send = async (ids: string[]) => {
    for (const id of ids) {
      const cameraId = Number(id.slice(1)) % 5;
      await screen.send("detection-results", detectionMessage(id, [left, right], { cameraId }));
      await screen.send("risk-assessment-results", resultMessage(id, 1, "medium", { cameraId }));
    }
  };
  const finish = async (ids: string[]) => {
    for (const id of ids) {
      const cameraId = Number(id.slice(1)) % 5;
      await screen.send("risk-assessment-results", resultMessage(id, 2, "low", { cameraId }));
    }
  };

  await send(frames.slice(0, 30));
  await finish(frames.slice(0, 15));
  await until(() => screen.shownTaskIds().length >= 20);
  const ended = once(child as ChildProcess, "exit");
  child?.kill("SIGKILL");
  await ended;

  await screen.startAggregator();
  await finish(frames.slice(15, 30));
  await send(frames.slice(30));
  await finish(frames.slice(30));
  await screen.settled();

  const expected = frames.flatMap((id) => [`${id}_group1`, `${id}_group2`]);
  await until(() => screen.shownTaskIds().length >= expected.length);
  expect(screen.shownTaskIds().toSorted()).toEqual(expected.toSorted());
});
