import { setTimeout as delay } from "node:timers/promises";
import { Listr, ListrLogger, type ListrTaskWrapper, ProcessOutput } from "listr2";
import { openTopicAdmin, type TopicAdmin } from "../bus/kafka/topic-admin.ts";
import {
  type Drift,
  isPipeline,
  type PlannedTopic,
  planTopics,
  type TopicPlan,
  unequalPartitions,
} from "../bus/topic-plan.ts";
import type { Config } from "../config/config.ts";
import { TmonError } from "../errors.ts";
import { counted } from "./counted.ts";
import { formatTable, say, writeLine } from "./output.ts";
import { electionPatienceMs, serverPatienceMs } from "./reading.ts";
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
  /** "create it", and once it is: "created". */
  what: string;
  done: string;
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
  const log = await createTerminalLog(config);
  const signal = new AbortController().signal;
  const admin = await openTopicAdmin(
    config.kafka,
    { log, signal, patienceMs: serverPatienceMs },
    { signal, patienceMs: electionPatienceMs },
  );
  try {
    const names = Object.values(config.topics).map(({ name }) => name);
    const inspect = async () => planTopics(config, await admin.inspect(names), options.replicationFactor);
    const plan = await inspect();
    if (options.check) return await report(plan, [], options);
    const unequal = unequalPartitions(plan, options.apply);
    if (unequal) throw unequal;
    const steps = plan.topics.flatMap((topic) => stepsFor(topic, options.apply));
    if (!options.dryRun) await carryOut(steps, admin);
    const { topics } = options.dryRun ? plan : await inspectAfter(steps, inspect);
    await report({ ...plan, topics }, steps, options);
  } finally {
    await admin.close();
  }
}

function stepsFor(topic: PlannedTopic, apply: boolean): Step[] {
  const { name, partitions, replicas } = topic;
  if (!topic.exists) {
    const size = `with ${counted(partitions, "partition")} and ${counted(replicas, "replica")}`;
    const run = (admin: TopicAdmin) => admin.create(topic);
    return [{ topic, what: `create it ${size}`, done: `created ${size}`, run }];
  }
  if (!apply) return [];
  const steps: Step[] = [];
  if (topic.drift.some(({ kind }) => kind === "partitions"))
    steps.push({
      topic,
      what: `raise it to ${counted(partitions, "partition")}`,
      done: `raised to ${counted(partitions, "partition")}`,
      run: (admin) => admin.setPartitions(name, partitions),
    });
  const settings = topic.drift.filter(({ kind }) => kind === "config");
  if (settings.length > 0) {
    const what = `set ${settings.map(({ setting, wanted }) => `${setting}=${wanted}`).join(", ")}`;
    steps.push({ topic, what, done: what, run: (admin) => admin.setConfig(name, topic.config) });
  }
  return steps;
}

/** Progress is for people: on stderr. */
async function carryOut(steps: readonly Step[], admin: TopicAdmin): Promise<void> {
  const processOutput = new ProcessOutput(process.stderr, process.stderr);
  await new Listr(
    steps.map(({ topic: { name }, what, done, run }) => ({
      title: `${name}: ${what}`,
      async task(_: unknown, task: Pick<ListrTaskWrapper<unknown, never, never>, "title">) {
        await run(admin);
        task.title = `${name}: ${done}`;
      },
    })),
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
    const work = options.dryRun
      ? { wouldDo: steps.map(({ topic, what }) => ({ topic: topic.name, what })) }
      : { done: steps.map(({ topic, done }) => ({ topic: topic.name, what: done })) };
    return writeLine(JSON.stringify({ brokers, asWanted: isRight, topics, ...work, remarks }, null, 2));
  }
  if (options.dryRun) await reportDryRun(plan, steps, options);
  else if (!isRight) await writeLine(driftTable(rows));
  if (isRight)
    await writeLine(
      `${counted(plan.topics.length, "topic")} as configured, on ${counted(plan.brokers, "broker")}`,
    );
  for (const line of cures(plan, options)) say(`tmon: ${line}`);
}

async function reportDryRun(
  plan: TopicPlan,
  steps: readonly Step[],
  { apply }: InitTopicsOptions,
): Promise<void> {
  for (const { topic, what } of steps) await writeLine(`${topic.name}: would ${what}`);
  const left = plan.topics.filter(({ exists }) => exists).flatMap((topic) => rowsOf(leftBy(topic, apply)));
  if (left.length > 0) await writeLine(driftTable(left));
  say("tmon: nothing was changed");
}

const driftTable = (rows: string[][]) => formatTable(["TOPIC", "SETTING", "WANTED", "FOUND"], rows);

function rowsOf({ name, exists, partitions, drift }: PlannedTopic): string[][] {
  if (!exists) return [[name, "topic", counted(partitions, "partition"), "missing"]];
  return drift.map(({ setting, wanted, found }: Drift) => [name, setting, wanted, found]);
}

/** What the steps leave as it is. */
function leftBy(topic: PlannedTopic, apply: boolean): PlannedTopic {
  return { ...topic, drift: topic.drift.filter(({ kind }) => !apply || kind === "fixed") };
}

function cures(plan: TopicPlan, { apply, dryRun }: InitTopicsOptions): string[] {
  const isOdd = (test: (drift: Drift, id: PlannedTopic["id"]) => boolean) =>
    plan.topics.some(({ id, drift }) => drift.some((one) => test(one, id)));
  const isMissing = plan.topics.some(({ exists }) => !exists);
  const never = unequalPartitions(plan, true);
  const together = unequalPartitions(plan, apply);
  const lines: string[] = [];
  if (never) lines.push(`${never.message}; ${never.todo}`);
  else if (together) lines.push(`${together.message}; ${together.todo}, which also creates what is missing`);
  else {
    if (isMissing && !dryRun) lines.push("`tmon init-topics` creates what is missing");
    if (!apply && isOdd(({ kind }) => kind !== "fixed"))
      lines.push("`tmon init-topics --apply` alters what is otherwise");
  }
  if (isOdd(({ setting }) => setting === "replicas"))
    lines.push(
      "the replicas of topics that are there only Kafka's own tools alter (kafka-reassign-partitions)",
    );
  if (isOdd(({ setting, kind }, id) => setting === "partitions" && kind === "fixed" && !isPipeline(id)))
    lines.push("partitions cannot be taken away: set `partitions` in kafka.yaml to what is there");
  return lines;
}
