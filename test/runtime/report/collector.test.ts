import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { encode } from "../../../src/messages/codec.ts";
import { letterHeaders } from "../../../src/messages/dead-letter.ts";
import type { TopicId } from "../../../src/messages/topics.ts";
import { measureLag, worstGroup } from "../../../src/runtime/lag.ts";
import { type Collector, startCollector } from "../../../src/runtime/report/collector.ts";
import type { RoleContext } from "../../../src/runtime/role.ts";
import { openContext, testConfig } from "../../support/context.ts";
import { temporaryDirectory } from "../../support/tmp.ts";
import { until } from "../../support/until.ts";
import { detectionMessage, left, resultMessage } from "../aggregator/frames.ts";

let context: RoleContext;
let collector: Collector;
let close: () => Promise<void>;

beforeEach(async () => {
  ({ context, close } = await openContext(testConfig(temporaryDirectory())));
  await send("assessment-tasks", { ...task, taskId: "before_group1" });
  collector = await startCollector(context);
});
afterEach(async () => {
  await collector.stop();
  await close();
});

const task = { taskId: "m_group1", cameraId: 7, timestamp: new Date().toISOString() };

function send(topic: TopicId, ...messages: object[]): Promise<void> {
  const name = context.config.topics[topic].name;
  return context.bus.produce(messages.map((message) => ({ topic: name, key: "7", value: encode(message) })));
}

describe("the report's collector", () => {
  it("counts what comes after its start, by distinct id", async () => {
    await send("detection-results", detectionMessage("m", [left]), detectionMessage("m", [left]));
    await send("assessment-tasks", task, task);
    await send("risk-assessment-results", resultMessage("m", 1, "low"), resultMessage("m", 1, "low"));
    const source = { topic: "detection-results", partition: 3, offset: 7, timestamp: 0 };
    await context.bus.produce(
      ["tmon-generator", "tmon-aggregator"].map((group) => {
        const headers = letterHeaders({ code: "TMON_MESSAGE_INVALID", reason: "not JSON", source, group });
        return { topic: "dead-letters", key: "7", value: Buffer.from("{"), headers };
      }),
    );
    await collector.finish();
    const { frames, tasks, results, repeats, deadLettered } = collector.seen;
    expect([frames.size, [...tasks], [...results.keys()]]).toEqual([1, ["m_group1"], ["m_group1"]]);
    expect({ repeats, deadLettered }).toEqual({ repeats: 1, deadLettered: new Set([expect.any(String)]) });
  });

  it("goes on after what cannot be read", async () => {
    const garbage = ["{}", '{"messageId":"x","cameraId":1,"timestamp":"zzz"}', "no JSON", '{"taskId":5}'];
    for (const topic of ["detection-results", "assessment-tasks", "risk-assessment-results"] as const) {
      const name = context.config.topics[topic].name;
      await context.bus.produce(garbage.map((text) => ({ topic: name, key: "7", value: Buffer.from(text) })));
    }
    await send("detection-results", detectionMessage("m", [left]));
    await collector.finish();
    expect([...collector.seen.frames.keys()]).toEqual(["m"]);
    expect(collector.seen.results.size).toBe(0);
  });

  it("finds a push it did not hear in the frame's mark, and takes no push for granted", async () => {
    await send("risk-assessment-results", resultMessage("m", 1, "low"), resultMessage("n", 1, "low"));
    await until(() => collector.seen.results.size === 2);
    await collector.stop();
    const push = { messageId: "m", cameraId: "7", capturedAt: 1, taskIds: ["m_group1"], alertTaskIds: [] };
    await context.store.pushFrame({ ...push, closing: true, detection: "", payload: "{}" });
    await collector.finish();
    expect([...collector.seen.pushed]).toEqual([["m_group1", { at: undefined, times: 1 }]]);
  });

  it("ends with what it saw where the bus is away, and says that it may not be all", async () => {
    await send("detection-results", detectionMessage("m", [left]));
    await until(() => collector.seen.frames.size === 1);
    expect(collector.incomplete()).toBeNull();
    await context.bus.close();
    await collector.finish();
    expect(collector.incomplete()).not.toBeNull();
    expect(collector.seen.frames.size).toBe(1);
  });

  it("says that the lag was not measured in the end, where it was not", async () => {
    const bus = { ...context.bus, describeGroup: () => Promise.reject(new Error("no group answers")) };
    const blind = await startCollector({ ...context, bus });
    await blind.finish();
    expect(blind.incomplete()).toBe("no group answers");
  });

  it("counts cameras whose ids begin alike, where only these are asked for", async () => {
    const of = await startCollector(context, { cameraPrefix: "load-" });
    const topic = context.config.topics["assessment-tasks"].name;
    const value = encode({ ...task, taskId: "n_group1", cameraId: "load-1" });
    await context.bus.produce([{ topic, key: "load-1", value }]);
    await send("assessment-tasks", task);
    for (const cameraId of ["load-1", "7"]) {
      const push = { messageId: cameraId, cameraId, capturedAt: 1, taskIds: [], alertTaskIds: [] };
      await context.store.pushFrame({ ...push, closing: true, detection: "", payload: "{}" });
    }
    await until(() => of.seen.pushes > 0 && collector.seen.pushes === 2);
    await of.finish();
    expect([[...of.seen.tasks], of.seen.pushes]).toEqual([["n_group1"], 1]);
  });

  it("takes the lag of the group that is furthest behind", async () => {
    await send(
      "detection-results",
      detectionMessage("a", []),
      detectionMessage("b", []),
      detectionMessage("c", []),
    );
    expect(worstGroup(await measureLag(context.config, context.bus)).lag).toBe(3);
    await collector.finish();
    expect(collector.lag()).toEqual({ max: 3, final: 3 });
  });
});
