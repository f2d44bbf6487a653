import { Writable } from "node:stream";
import { pino } from "pino";
import { onTestFinished } from "vitest";
import type { Config, TopicConfig } from "../../src/config/config.ts";
import { encode } from "../../src/messages/codec.ts";
import { taskIdOf } from "../../src/messages/ids.ts";
import { topicIds } from "../../src/messages/topics.ts";
import type { RoleContext, RunningRole } from "../../src/runtime/role.ts";
import { kafkaConfig } from "../bus/support/test-bus.ts";
import { seedDetection } from "../messages/seed-samples.ts";
import { openContext, testConfig } from "./context.ts";
import { createTopics, type KafkaCluster } from "./kafka.ts";
import { temporaryDirectory } from "./tmp.ts";

let made = 0;

/** Topics and groups of its own on the tests' cluster, and an embedded store. tmon believes in `changes`. */
export async function newPipeline(
  cluster: KafkaCluster,
  changes: Partial<TopicConfig> = {},
): Promise<Config> {
  made += 1;
  const mark = `${process.pid}-${made}`;
  const config = testConfig(temporaryDirectory());
  const topics = Object.fromEntries(
    topicIds.map((id) => [id, { ...config.topics[id], name: `${id}-${mark}`, partitions: 4, ...changes }]),
  ) as Config["topics"];
  await createTopics(
    cluster,
    Object.values(topics).map(({ name }) => name),
    1,
  );
  return {
    ...config,
    bus: { ...config.bus, kind: "kafka" },
    kafka: kafkaConfig(cluster.brokers),
    topics,
    groups: { generator: `gen-${mark}`, scheduler: `sched-${mark}`, aggregator: `agg-${mark}` },
  };
}

/** One process of the pipeline, with what it logs; all is closed when the test ends. */
export async function openPipeline(config: Config) {
  let logged = "";
  const stream = new Writable({
    write(chunk, _, done) {
      logged += chunk;
      done();
    },
  });
  const { context, close } = await openContext(config, pino({ level: "info" }, stream));
  context.health.readiness("bus", () => context.bus.trouble());
  const roles: RunningRole[] = [];
  onTestFinished(async () => {
    for (const role of roles) await role.stop();
    await close();
  });
  return {
    context,
    logged: () => logged,
    notReady: () => context.health.notReady().map(({ reason }) => reason),
    async start(starter: (context: RoleContext) => Promise<RunningRole>): Promise<RunningRole> {
      const role = await starter(context);
      roles.push(role);
      return role;
    },
    detect: (count: number, changes?: object, firstPartition?: number) =>
      detect(context, count, changes, firstPartition),
    /** Distinct ones, sorted: what a leader that moves was sent may stand twice. None while leaders are elected. */
    taskIds: () => taskIds(context).catch(() => []),
  };
}

let detected = 100;

/** Publishes detections of one group each, in four partitions in turn; answers with their tasks' ids, sorted. */
async function detect(
  { bus, config }: RoleContext,
  count: number,
  changes: object = {},
  firstPartition = 0,
): Promise<string[]> {
  const detections = Array.from({ length: count }, (_, index) => {
    detected += 1;
    return { ...seedDetection, messageId: `m-${detected}`, cameraId: `cam-${index % 4}`, ...changes };
  });
  await bus.produce(
    detections.map((detection, index) => ({
      topic: config.topics["detection-results"].name,
      key: detection.cameraId,
      partition: firstPartition + (index % 4),
      value: encode(detection),
    })),
  );
  return detections.map(({ messageId }) => taskIdOf(messageId, 1)).sort();
}

async function taskIds({ bus, config }: RoleContext): Promise<string[]> {
  const found = new Set<string>();
  const topics = [config.topics["assessment-tasks"].name];
  for await (const { value } of bus.read({ topics, from: "earliest", untilEnd: true }))
    found.add(JSON.parse(value.toString()).taskId);
  return [...found].sort();
}
