import type { Config } from "../../../src/config/config.ts";
import { encode } from "../../../src/messages/codec.ts";
import type { TopicId } from "../../../src/messages/topics.ts";
import { startAggregator } from "../../../src/runtime/aggregator/aggregator.ts";
import type { RunningRole } from "../../../src/runtime/role.ts";
import { openContext, testConfig } from "../../support/context.ts";
import { until } from "../../support/until.ts";

/** A push as a screen gets it. */
export interface Push {
  messageId: string;
  newTaskIds: string[];
  maxRiskLevel: string;
  unassessedGroups: number[];
  riskAssessment: { allGroupResults: { taskId: string; riskLevel: string }[] };
  [field: string]: unknown;
}

/** Frames that wait are given up soon. */
export function quickConfig(dataDir: string): Config {
  return testConfig(dataDir, { aggregator: { keepImages: false, closeAfterMs: 300, maxAgeMs: 1_500 } });
}

/** Frames wait for longer than any test takes; incidents are cleared soon. */
export function patientConfig(dataDir: string): Config {
  return testConfig(dataDir, {
    aggregator: { keepImages: false, closeAfterMs: 20_000, maxAgeMs: 40_000 },
    incidents: { iou: 0.3, clearAfterMs: 2_000 },
  });
}

/** Sees what screens and other consumers see; starts aggregators on request. */
export async function watch(config: Config) {
  const { context, close } = await openContext(config);
  const { bus, store } = context;
  const pushes: Push[] = [];
  const incidents: { incidentId: string; state: string; taskIds: string[] }[] = [];
  const roles: RunningRole[] = [];
  await store.subscribe("camera:*", (_, message) => pushes.push(JSON.parse(message)));
  await store.subscribe("tmon:incidents", (_, message) => incidents.push(JSON.parse(message)));

  async function send(topic: TopicId, ...messages: (object | Buffer)[]): Promise<void> {
    await bus.produce(
      messages.map((message) => ({
        topic,
        key: String((message as { cameraId?: number }).cameraId ?? 7),
        value: Buffer.isBuffer(message) ? message : encode(message),
      })),
    );
  }

  async function lag(): Promise<number> {
    const topics = ["detection-results", "risk-assessment-results"];
    const offsets = await bus.describeGroup(config.groups.aggregator, topics);
    return offsets.reduce((sum, of) => sum + of.lag, 0);
  }

  return {
    context,
    pushes,
    incidents,
    send,
    of: (messageId: string) => pushes.filter((push) => push.messageId === messageId),
    shownTaskIds: () => pushes.flatMap((push) => push.newTaskIds),
    async startAggregator(): Promise<RunningRole> {
      const role = await startAggregator(context);
      roles.push(role);
      return role;
    },
    /** Everything sent is acknowledged. */
    settled: () => until(async () => (await lag()) === 0, { what: "everything acknowledged" }),
    async stop(): Promise<void> {
      for (const role of roles) await role.stop();
      await close();
    },
  };
}

export type Watch = Awaited<ReturnType<typeof watch>>;
