import { expect, onTestFinished, test, vi } from "vitest";
import type { RoleContext } from "../../../src/runtime/role.ts";
import { type Behaviour, startFaultyProvider } from "../../support/faulty-provider.ts";
import { until } from "../../support/until.ts";
import { aKey, limited, openProcess, type Settings, schedulerConfig } from "./harness.ts";
import { aTask } from "./jobs.ts";

/** A provider that answers only when told; one call at a time unless a test says otherwise. */
async function gated(settings: Partial<Settings> = {}) {
  const waiting: (() => void)[] = [];
  let isOpen = false;
  const provider = await startFaultyProvider(async (): Promise<Behaviour> => {
    if (!isOpen) await new Promise<void>((resolve) => waiting.push(resolve));
    return "good";
  });
  onTestFinished(() => provider.close());
  const config = schedulerConfig({
    keys: [aKey("a", provider.url)],
    scheduler: { maxConcurrentTasks: 1 },
    ...settings,
  });
  const process = await openProcess(config);
  return {
    ...process,
    provider,
    config,
    open() {
      isOpen = true;
      for (const answer of waiting.splice(0)) answer();
    },
  };
}

const sameBox = { bbox: [0, 0, 100, 100] as [number, number, number, number] };

test("a task is called, and its result published, as it comes: neither waits for a tick", async () => {
  vi.useFakeTimers({ toFake: ["setInterval"] });
  onTestFinished(() => void vi.useRealTimers());
  const provider = await startFaultyProvider("good");
  onTestFinished(() => provider.close());
  const keys = [aKey("a", provider.url, limited({ rpm: 60_000 }))];
  const { start, produce, resultsOf } = await openProcess(schedulerConfig({ keys }));
  await start();
  for (let number = 1; number <= 5; number++) {
    await produce(aTask({ camera: `cam-${number}` }));
    await resultsOf(number);
  }
});

test("repeats of a task, in flight or finished, mean one call and one result", async () => {
  const { start, produce, provider, open, resultsOf, results, unacknowledged } = await gated();
  await start();
  const task = aTask();
  await produce(task, task);
  await until(() => provider.calls.length === 1);
  await produce(task);
  open();
  await resultsOf(1);
  await produce(task, task);
  await until(async () => (await unacknowledged()) === 0);
  expect(await results()).toHaveLength(1);
  expect(provider.calls).toHaveLength(1);
});

test("a newer look supersedes a waiting one, and only the newer one is paid for", async () => {
  const { start, produce, provider, open, resultsOf } = await gated();
  const role = await start();
  await produce(aTask({ camera: "blocker" }));
  await until(() => provider.calls.length === 1);
  const now = Date.now();
  const first = aTask({ at: now - 1000, ...sameBox });
  const newer = aTask({ at: now, ...sameBox });
  await produce(first);
  await until(() => role.stats().waiting === 1);
  await produce(newer);
  const early = await resultsOf(1);
  expect(early.get(first.taskId)).toMatchObject({
    status: "superseded",
    errorCode: "TMON_TASK_SUPERSEDED",
    results: [],
    hasDangerousDriving: null,
    maxRiskLevel: "unknown",
    metadata: {},
  });
  open();
  expect((await resultsOf(3)).get(newer.taskId)?.status).toBe("assessed");
  expect(provider.calls).toHaveLength(2);
});

test("a task too old for a call expires, also while no key is free", async () => {
  const { start, produce, provider, open, resultsOf } = await gated({
    scheduler: { maxConcurrentTasks: 1, maxAgeMs: 1000 },
  });
  await start();
  const old = aTask({ at: Date.now() - 60_000 });
  await produce(old);
  expect((await resultsOf(1)).get(old.taskId)).toMatchObject({
    status: "expired",
    errorCode: "TMON_TASK_EXPIRED",
    maxRiskLevel: "unknown",
  });
  expect(provider.calls).toHaveLength(0);

  const blocker = aTask();
  await produce(blocker);
  await until(() => provider.calls.length === 1);
  const waiting = aTask();
  await produce(waiting);
  expect((await resultsOf(2)).get(waiting.taskId)?.status).toBe("expired");
  open();
  expect((await resultsOf(3)).get(blocker.taskId)?.status).toBe("assessed");
});

test("a task whose first call went out in time does not expire between its calls", async () => {
  const provider = await startFaultyProvider(({ number }) => (number < 3 ? "serverError" : "good"));
  onTestFinished(() => provider.close());
  const { start, produce, resultsOf } = await openProcess(
    schedulerConfig({ keys: [aKey("a", provider.url)], scheduler: { maxAgeMs: 300 } }),
  );
  await start();
  const task = aTask();
  await produce(task);
  expect((await resultsOf(1)).get(task.taskId)).toMatchObject({ metadata: { calls: 3 }, status: "assessed" });
});

test("cameras take turns, whatever the order and number of their tasks", async () => {
  const { start, produce, provider, open, resultsOf, unacknowledged } = await gated();
  const role = await start();
  await produce(aTask({ camera: "blocker" }));
  await until(() => provider.calls.length === 1);
  const cameras = ["a", "a", "a", "a", "b", "c"];
  await produce(...cameras.map((camera) => aTask({ camera })));
  await until(() => role.stats().waiting === cameras.length);
  open();
  const results = [...(await resultsOf(7)).values()];
  results.sort((one, other) => (one.trace.dispatchedAt ?? 0) - (other.trace.dispatchedAt ?? 0));
  const order = results.map(({ cameraId }) => cameraId);
  expect(order.slice(1, 4).sort()).toEqual(["a", "b", "c"]);
  expect(order.slice(4)).toEqual(["a", "a", "a"]);
  await until(async () => (await unacknowledged()) === 0);
});

test("waiting work past its bytes is shed as expired, never silently, and reading goes on", async () => {
  const { start, produce, provider, open, resultsOf } = await gated({
    scheduler: { maxConcurrentTasks: 1, queueBytes: 5_000 },
  });
  await start();
  const tasks = Array.from({ length: 30 }, () => aTask());
  await produce(aTask({ camera: "blocker" }));
  await until(() => provider.calls.length === 1);
  await produce(...tasks);
  const early = [...(await resultsOf(15)).values()];
  expect(new Set(early.map(({ status, errorCode }) => `${status} ${errorCode}`))).toEqual(
    new Set(["expired TMON_OVERLOADED"]),
  );
  open();
  expect((await resultsOf(31)).size).toBe(31);
});

test("draining finishes the call in flight and leaves what has not started to the next scheduler", async () => {
  const { start, produce, provider, open, results, resultsOf, unacknowledged } = await gated();
  const role = await start();
  const tasks = Array.from({ length: 6 }, (_, index) => aTask({ camera: `cam-${index}` }));
  await produce(...tasks);
  await until(() => provider.calls.length === 1 && role.stats().waiting === 5);
  const drained = role.drain();
  open();
  await drained;
  expect((await results()).map(({ status }) => status)).toEqual(["assessed"]);
  expect(await unacknowledged()).toBe(5);
  expect(provider.calls).toHaveLength(1);

  await start();
  const all = await resultsOf(6);
  expect([...all.keys()].sort()).toEqual(tasks.map(({ taskId }) => taskId).sort());
  await until(async () => (await unacknowledged()) === 0);
  expect(provider.calls).toHaveLength(6);
  expect(await results()).toHaveLength(6);
});

test("stopped at once, a scheduler publishes nothing and loses nothing", async () => {
  const { start, produce, provider, open, results, resultsOf, unacknowledged } = await gated();
  const role = await start();
  await produce(aTask({ camera: "a" }), aTask({ camera: "b" }));
  await until(() => provider.calls.length === 1);
  await Promise.all([role.stop(), role.stop()]);
  expect([await results(), await unacknowledged()]).toEqual([[], 2]);
  open();
  await start();
  expect((await resultsOf(2)).size).toBe(2);
});

test("busy until everything on the topic has its result", async () => {
  const { start, produce, provider, open } = await gated();
  const role = await start();
  await until(async () => !(await role.busy()));
  await produce(aTask(), aTask());
  await until(() => provider.calls.length === 1);
  expect(await role.busy()).toBe(true);
  open();
  await until(async () => !(await role.busy()));
  expect(role.stats()).toMatchObject({ assessed: 2, waiting: 0, open: 0, callsInFlight: 0 });
});

test("a second scheduler takes over its share of waiting work; each task has one result", async () => {
  const { start, produce, provider, open, results, resultsOf, unacknowledged } = await gated({
    scheduler: { maxConcurrentTasks: 1, maxAgeMs: 60_000 },
  });
  const role = await start();
  const tasks = Array.from({ length: 32 }, (_, index) => aTask({ camera: `cam-${index}` }));
  await produce(...tasks);
  await until(() => provider.calls.length === 1 && role.stats().waiting === 31);
  const second = await start();
  // Well before the bus takes a partition away that its owner does not give up.
  await until(() => Number(second.stats().waiting) > 0, { timeoutMs: 6_000 });
  await until(() => Number(role.stats().waiting) < 31);
  open();
  expect((await resultsOf(32)).size).toBe(32);
  await until(async () => (await unacknowledged()) === 0);
  expect(await results()).toHaveLength(32);
  expect(Number(second.stats().assessed)).toBeGreaterThan(0);
  expect(provider.calls).toHaveLength(32);
});

/** A bus that refuses results for as long as it is broken. */
function refuseResults({ bus }: Pick<RoleContext, "bus">) {
  const publishing = { broken: true, failures: 0 };
  const { produce } = bus;
  bus.produce = async (messages) => {
    if (publishing.broken && messages.some(({ topic }) => topic === "risk-assessment-results")) {
      publishing.failures += 1;
      throw new Error("bus away");
    }
    await produce(messages);
  };
  return publishing;
}

test("while results cannot be published nothing is called or lost, and readiness says why", async () => {
  const { start, produce, open, context, provider, results, resultsOf } = await gated();
  open();
  const publishing = refuseResults(context);
  const role = await start();
  await produce(aTask({ camera: "a" }));
  await until(() => context.health.notReady().some(({ reason }) => reason.includes("bus away")));
  const later = Array.from({ length: 20 }, (_, index) => aTask({ camera: `cam-${index}` }));
  await produce(...later);
  // Results are tried again several times: long enough for what is neither paused nor held to show.
  const failuresBefore = publishing.failures;
  await until(() => publishing.failures > failuresBefore + 2);
  expect([await results(), provider.calls.length, role.stats().waiting]).toEqual([[], 1, 0]);
  publishing.broken = false;
  expect((await resultsOf(21)).size).toBe(21);
  expect(context.health.notReady()).toEqual([]);
});

test("while results cannot be published what waits already is not called", async () => {
  const { start, produce, open, context, provider, resultsOf } = await gated();
  const publishing = refuseResults(context);
  const role = await start();
  await produce(...Array.from({ length: 20 }, (_, index) => aTask({ camera: `cam-${index}` })));
  await until(() => provider.calls.length === 1 && role.stats().waiting === 19);
  open();
  await until(() => publishing.failures > 2);
  // The call that goes out as the first failure is told is the last one.
  expect(provider.calls.length).toBeLessThan(10);
  expect(Number(role.stats().waiting)).toBeGreaterThan(10);
  publishing.broken = false;
  expect((await resultsOf(20)).size).toBe(20);
});
