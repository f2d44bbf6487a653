import { setTimeout as delay } from "node:timers/promises";
import { Listr, ListrLogger, ProcessOutput } from "listr2";
import { openTopicAdmin, type TopicAdmin } from "../bus/kafka/topic-admin.ts";
import {
  type Drift,
  type PlannedTopic,
  planTopics,
  refuseUnequal,
  type TopicPlan,
} from "../bus/topic-plan.ts";
import type { Config } from "../config/config.ts";
import { TmonError } from "../errors.ts";
import { counted } from "./counted.ts";
import { formatTable, say, writeLine } from "./output.ts";
import { clusterPatienceMs, electionPatienceMs } from "./reading.ts";
import { createTerminalLog } from "./settings.ts";

export interface InitTopicsOptions {
  check: boolean;
  dryRun: boolean;
  /** Alter what is there, too. */
  apply: boolean;
  replicationFactor: number | undefined;
  output: string;
}

/** One thing to be done to one topic. */
interface Step {
  topic: PlannedTopic;
  what: string;
  run(admin: TopicAdmin): Promise<void>;
}

/** `tmon init-topics`: creates what is missing, says what is otherwise than configured. */
export async function initTopics(config: Config, options: InitTopicsOptions): Promise<void> {
  if (config.bus.kind !== "kafka")
    throw new TmonError(
      "TMON_USAGE",
      "the embedded bus makes its topics itself",
      "say --bus kafka, or set TMON_KAFKA_BROKERS, to create Kafka's",
    );
  const log = createTerminalLog(config);
  const signal = new AbortController().signal;
  const admin = await openTopicAdmin(
    config.kafka,
    { log, signal, patienceMs: clusterPatienceMs },
    { signal, patienceMs: electionPatienceMs },
  );
  try {
    const names = Object.values(config.topics).map(({ name }) => name);
    const inspect = async () => planTopics(config, await admin.inspect(names), options.replicationFactor);
    const plan = await inspect();
    if (options.check) return await report(plan, [], options);
    refuseUnequal(plan, options.apply);
    const steps = plan.topics.flatMap((topic) => stepsFor(topic, options.apply));
    if (!options.dryRun) await carryOut(steps, admin);
    await report(options.dryRun ? plan : await inspectAfter(steps, inspect), steps, options);
  } finally {
    await admin.close();
  }
}

function stepsFor(topic: PlannedTopic, apply: boolean): Step[] {
  const { name, partitions, replicas } = topic;
  if (!topic.exists) {
    const what = `create it with ${counted(partitions, "partition")} and ${counted(replicas, "replica")}`;
    return [{ topic, what, run: (admin) => admin.create(topic) }];
  }
  if (!apply) return [];
  const steps: Step[] = [];
  if (topic.drift.some(({ kind }) => kind === "partitions"))
    steps.push({
      topic,
      what: `raise it to ${counted(partitions, "partition")}`,
      run: (admin) => admin.setPartitions(name, partitions),
    });
  const settings = topic.drift.filter(({ kind }) => kind === "config");
  if (settings.length > 0)
    steps.push({
      topic,
      what: `set ${settings.map(({ setting, wanted }) => `${setting}=${wanted}`).join(", ")}`,
      run: (admin) => admin.setConfig(name, topic.config),
    });
  return steps;
}

/** Progress is for people: on stderr. */
async function carryOut(steps: readonly Step[], admin: TopicAdmin): Promise<void> {
  const processOutput = new ProcessOutput(process.stderr, process.stderr);
  await new Listr(
    steps.map(({ topic, what, run }) => ({ title: `${topic.name}: ${what}`, task: () => run(admin) })),
    {
      renderer: process.stderr.isTTY ? "default" : "simple",
      rendererOptions: { logger: new ListrLogger({ processOutput }) },
      fallbackRendererOptions: { logger: new ListrLogger({ processOutput }) },
    },
  ).run();
}

const settleMs = 10_000;
const lookEveryMs = 100;

/** The brokers hear of a change one after the other. */
async function inspectAfter(steps: readonly Step[], inspect: () => Promise<TopicPlan>): Promise<TopicPlan> {
  const changed = new Set(steps.map(({ topic }) => topic.name));
  const isDone = ({ name, exists, drift }: PlannedTopic) =>
    !changed.has(name) || (exists && drift.every(({ kind }) => kind === "fixed"));
  for (const since = performance.now(); ; ) {
    const plan = await inspect();
    if (plan.topics.every(isDone) || performance.now() - since > settleMs) return plan;
    await delay(lookEveryMs);
  }
}

/** Ends with 1 after a check that found something, as `diff` does. */
async function report(plan: TopicPlan, steps: readonly Step[], options: InitTopicsOptions): Promise<void> {
  for (const remark of plan.remarks) say(`tmon: ${remark}`);
  const rows = plan.topics.flatMap(rowsOf);
  const isRight = rows.length === 0;
  if (options.check && !isRight) process.exitCode = 1;
  if (options.output === "json") {
    const { brokers, remarks } = plan;
    const topics = plan.topics.map(({ name, exists, partitions, replicas, config, drift }) => ({
      topic: name,
      exists,
      wanted: { partitions, replicas, config },
      drift: drift.map(({ setting, wanted, found }) => ({ setting, wanted, found })),
    }));
    const done = steps.map(({ topic, what }) => ({ topic: topic.name, what }));
    const key = options.dryRun ? "wouldDo" : "done";
    return writeLine(JSON.stringify({ brokers, asWanted: isRight, topics, [key]: done, remarks }, null, 2));
  }
  for (const { topic, what } of options.dryRun ? steps : []) await writeLine(`${topic.name}: would ${what}`);
  if (!isRight) await writeLine(formatTable(["TOPIC", "SETTING", "WANTED", "FOUND"], rows));
  else
    await writeLine(
      `${counted(plan.topics.length, "topic")} as configured, on ${counted(plan.brokers, "broker")}`,
    );
  for (const line of cures(plan, options)) say(`tmon: ${line}`);
}

function rowsOf({ name, exists, partitions, drift }: PlannedTopic): string[][] {
  if (!exists) return [[name, "topic", counted(partitions, "partition"), "missing"]];
  return drift.map(({ setting, wanted, found }: Drift) => [name, setting, wanted, found]);
}

function cures({ topics }: TopicPlan, { apply, dryRun }: InitTopicsOptions): string[] {
  const drift = topics.flatMap((topic) => topic.drift);
  const lines: string[] = [];
  if (topics.some(({ exists }) => !exists) && !dryRun)
    lines.push("`tmon init-topics` creates what is missing");
  if (!apply && drift.some(({ kind }) => kind !== "fixed"))
    lines.push("`tmon init-topics --apply` alters what is otherwise");
  if (drift.some(({ kind }) => kind === "fixed"))
    lines.push("replicas, and partitions there are too many of, only Kafka's own tools can alter");
  return lines;
}
