import { afterEach, beforeEach, expect, test } from "vitest";
import { encode } from "../../../src/messages/codec.ts";
import type { TopicId } from "../../../src/messages/topics.ts";
import { clear, raise, sightingOf, update } from "../../../src/runtime/aggregator/incidents.ts";
import type { RoleContext } from "../../../src/runtime/role.ts";
import { readTold } from "../../../src/runtime/score/told.ts";
import { openContext, testConfig } from "../../support/context.ts";
import { temporaryDirectory } from "../../support/tmp.ts";
import {
  detectionMessage,
  left,
  readDetection,
  readResult,
  resultMessage,
  right,
} from "../aggregator/frames.ts";

let context: RoleContext;
let close: () => Promise<void>;
beforeEach(async () => {
  ({ context, close } = await openContext(testConfig(temporaryDirectory())));
});
afterEach(() => close());

function send(topic: TopicId, ...messages: object[]): Promise<void> {
  const name = context.config.topics[topic].name;
  return context.bus.produce(messages.map((message) => ({ topic: name, key: "7", value: encode(message) })));
}

const second = (number: number) => ({ timestamp: new Date(1000 * number).toISOString() });
const verdict = (riskLevel: string, riskTypeCode: string) => ({
  ...{ riskLevel, confidence: 0.8, riskTypeCodes: [riskTypeCode] },
});

test("an alert has the kinds, the place and the moment of its own verdict, whatever its incident had before", async () => {
  const frames = [
    detectionMessage("m", [left], second(1)),
    detectionMessage("n", [right], second(3)),
    detectionMessage("o", [], second(5)),
  ];
  const results = [
    resultMessage("m", 1, "high", { ...second(1), metadata: { calls: 1 } }),
    resultMessage("n", 1, "medium", {
      ...second(3),
      metadata: { calls: 2 },
      results: [verdict("low", "wrong_way"), verdict("medium", "red_light")],
    }),
    resultMessage("p", 1, "expired", { ...second(4), metadata: { calls: 0 } }),
  ];
  const [first, next] = [0, 1].map((i) => sightingOf(readDetection(frames[i]!), readResult(results[i]!)));
  const raised = raise(first!, 2_000);
  const updated = update(raised, next!, 4_000);
  await send("incidents", raised, updated, clear(updated, 90_000));
  await send("detection-results", ...frames);
  await send("risk-assessment-results", ...results);

  const told = await readTold(context.bus, context.config);
  const { incidentId } = raised;
  expect([...told]).toEqual([
    [
      "7",
      {
        looks: [1_000, 3_000, 5_000],
        alerts: [
          { incidentId, kinds: ["tailgating"], bbox: left, seenAt: 1_000, toldAt: 2_000 },
          { incidentId, kinds: ["red_light"], bbox: right, seenAt: 3_000, toldAt: 4_000 },
        ],
        calls: [
          { seenAt: 1_000, calls: 1 },
          { seenAt: 3_000, calls: 2 },
          { seenAt: 4_000, calls: 0 },
        ],
      },
    ],
  ]);
});
