import { expect, it, onTestFinished } from "vitest";
import type { OutgoingMessage } from "../../../src/bus/bus.ts";
import { decode } from "../../../src/messages/codec.ts";
import { detectionSchema } from "../../../src/messages/detection.ts";
import { cleanUp } from "../../../src/runtime/load-test/clean-up.ts";
import { startLoad } from "../../../src/runtime/load-test/load.ts";
import { schedule } from "../../../src/runtime/load-test/profile.ts";
import { openContext, testConfig } from "../../support/context.ts";
import { temporaryDirectory } from "../../support/tmp.ts";
import { until } from "../../support/until.ts";

const profile = { name: "steady", rate: 100, forMs: 300 } as const;
const cameraIds = ["load-1", "load-2"];
const never = new AbortController().signal;

async function openSite() {
  const { context, close } = await openContext(testConfig(temporaryDirectory()));
  onTestFinished(close);
  return context;
}

it("counts from when a frame was to be sent, also where the bus takes it late", async () => {
  const site = await openSite();
  let open = () => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  const written: OutgoingMessage[] = [];
  const bus = {
    ...site.bus,
    async produce(messages: readonly OutgoingMessage[]) {
      await opened;
      written.push(...messages);
    },
  };
  const frames = new Set<string>();
  const load = await startLoad(
    { ...site, bus },
    { from: "detections", profile, cameraIds, frames, signal: never },
  );
  await until(() => load.rate() === 0, { what: "the end of the load" });
  expect(frames.size).toBe(0);
  open();
  await load.stop(never);

  const captured = written.map(
    ({ value }) => decode(detectionSchema, value).trace.capturedAt! - load.startedAt,
  );
  expect(captured).toEqual([...schedule(profile)]);
  expect(new Set(written.map(({ key }) => key))).toEqual(new Set(cameraIds));
  expect(frames.size).toBe(written.length);
  const handedOver = written.map(({ value }) => decode(detectionSchema, value).trace);
  expect(handedOver.map(({ capturedAt, detectedAt }) => detectedAt! - capturedAt!)).toEqual(load.lateMs);
  for (const { value } of written) expect(decode(detectionSchema, value).source).toBe("sim");
});

it("tries again what the bus refuses, and gives it up when it is to stop at once", async () => {
  const site = await openSite();
  let refused = 0;
  const bus = {
    ...site.bus,
    async produce() {
      refused += 1;
      throw new Error("no room");
    },
  };
  const frames = new Set<string>();
  const load = await startLoad(
    { ...site, bus },
    { from: "detections", profile, cameraIds, frames, signal: never },
  );
  const due = [...schedule(profile)].length;
  await until(() => load.due() - frames.size === due && refused > due, { what: "another attempt" });
  await load.stop(AbortSignal.abort());
  expect([frames.size, load.due()]).toEqual([0, due]);
});

it("what could not be sent until soon after the end is not sent at all, and is counted", async () => {
  const site = await openSite();
  const steep = { name: "steady", rate: 20_000, forMs: 100 } as const;
  let open = () => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  const bus = { ...site.bus, produce: () => opened };
  const config = { ...site.config, drainMs: 100 };
  const frames = new Set<string>();
  const load = await startLoad(
    { ...site, config, bus },
    { from: "detections", profile: steep, cameraIds, frames, signal: never },
  );
  const tooLateAt = load.startedAt + 100 + 0.2 * 100;
  await until(() => site.store.now() > tooLateAt, { what: "the time after which nothing is sent" });
  open();
  await load.stop(never);
  expect(load.due()).toBe(2_000);
  expect(frames.size).toBe(load.lateMs.length);
  expect(frames.size).toBeLessThanOrEqual(1_000);
});

it("what tasks left in the store is gone after the clean-up, and nothing of others", async () => {
  const site = await openSite();
  const { store } = site;
  const others = ["camera:7:latest", "detection:other", "tmon:closed:other"];
  for (const key of others) await store.set(key, "{}");
  const frames = new Set<string>();
  const load = await startLoad(site, { from: "tasks", profile, cameraIds, frames, signal: never });
  await until(() => load.rate() === 0, { what: "the end of the load" });
  await load.stop(never);
  const keys = async () => {
    const prefixes = ["camera:", "detection:", "tmon:"];
    const found = await Promise.all(prefixes.map((prefix) => store.list(prefix)));
    return found.flat().map(({ key }) => key);
  };
  expect((await keys()).length).toBeGreaterThan(others.length + frames.size);
  await cleanUp(site, cameraIds, frames);
  expect(await keys()).toEqual(others);
});
