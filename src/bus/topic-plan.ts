import type { Config } from "../config/config.ts";
import { TmonError } from "../errors.ts";
import { pipelineTopics, type TopicId, topicIds } from "../messages/topics.ts";

/** Kafka's topics as the configuration wants them, against what is there. Pure. */
export interface TopicPlan {
  brokers: number;
  topics: PlannedTopic[];
  remarks: string[];
}

export interface PlannedTopic {
  id: TopicId;
  name: string;
  exists: boolean;
  partitions: number;
  replicas: number;
  config: Record<string, string>;
  /** Where what is there is not what is wanted. */
  drift: Drift[];
}

export interface Drift {
  setting: string;
  wanted: string;
  found: string;
  /** `fixed` needs somebody else: it cannot be altered from here. */
  kind: "partitions" | "config" | "fixed";
}

export interface ClusterState {
  brokers: number;
  autoCreation: boolean | undefined;
  topics: readonly { name: string; partitions: number; replicas: number; config: Record<string, string> }[];
}

const usualReplicas = 3;

/** @throws TmonError TMON_BROKERS_TOO_FEW */
export function planTopics(
  config: Pick<Config, "topics">,
  cluster: ClusterState,
  replicationFactor?: number,
): TopicPlan {
  const topics = topicIds.map((id): PlannedTopic => {
    const wanted = config.topics[id];
    const found = cluster.topics.find(({ name }) => name === wanted.name);
    // With a broker away a topic is as right as before.
    const possible = Math.max(cluster.brokers, found?.replicas ?? 0);
    const replicas = replicationFactor ?? wanted.replicationFactor ?? Math.min(usualReplicas, possible);
    if (replicas > cluster.brokers && !found) throw tooFew(wanted.name, replicas, cluster.brokers);
    const topic = {
      id,
      name: wanted.name,
      partitions: wanted.partitions,
      replicas,
      config: settingsOf(config, id, replicas),
    };
    return { ...topic, exists: found !== undefined, drift: found ? driftOf(topic, found) : [] };
  });
  return { brokers: cluster.brokers, topics, remarks: remarksOn(cluster, topics) };
}

/** Active segments outlive the retention: they are closed in time. */
function settingsOf(
  { topics }: Pick<Config, "topics">,
  id: TopicId,
  replicas: number,
): Record<string, string> {
  const { retentionMs, maxMessageBytes } = topics[id];
  return {
    "cleanup.policy": id === "incidents" ? "compact,delete" : "delete",
    "retention.ms": String(retentionMs),
    "segment.ms": String(Math.floor(retentionMs / 4)),
    "max.message.bytes": String(maxMessageBytes),
    "min.insync.replicas": replicas >= usualReplicas ? "2" : "1",
    "unclean.leader.election.enable": "false",
    "message.timestamp.type": "LogAppendTime",
  };
}

function driftOf(
  wanted: Pick<PlannedTopic, "partitions" | "replicas" | "config">,
  found: ClusterState["topics"][number],
): Drift[] {
  const drift: Drift[] = [];
  if (found.partitions !== wanted.partitions)
    drift.push({
      setting: "partitions",
      wanted: String(wanted.partitions),
      found: String(found.partitions),
      kind: found.partitions < wanted.partitions ? "partitions" : "fixed",
    });
  if (found.replicas < wanted.replicas)
    drift.push({
      setting: "replicas",
      wanted: String(wanted.replicas),
      found: String(found.replicas),
      kind: "fixed",
    });
  for (const [setting, value] of Object.entries(wanted.config)) {
    const is = found.config[setting] ?? "";
    if (!agrees(setting, value, is)) drift.push({ setting, wanted: value, found: is, kind: "config" });
  }
  return drift;
}

function agrees(setting: string, wanted: string, found: string): boolean {
  const words = (text: string) => text.split(",").sort().join();
  if (setting === "segment.ms") return Number(found) <= Number(wanted);
  return words(wanted) === words(found);
}

function remarksOn({ brokers, autoCreation }: ClusterState, topics: readonly PlannedTopic[]): string[] {
  const remarks: string[] = [];
  const fewest = Math.min(...topics.filter(({ exists }) => !exists).map(({ replicas }) => replicas));
  if (fewest < usualReplicas)
    remarks.push(
      `new topics get ${fewest === 1 ? "1 replica" : `${fewest} replicas`}, not ${usualReplicas}${brokers < usualReplicas ? `, for so few brokers there are (${brokers})` : ""}: a message counts as written when one broker has it, and is lost with that broker's disk`,
    );
  if (autoCreation)
    remarks.push(
      "the brokers create topics by themselves: a misspelt name becomes a topic nobody reads; set auto.create.topics.enable=false",
    );
  return remarks;
}

export const isPipeline = (id: TopicId) => (pipelineTopics as readonly TopicId[]).includes(id);

/**
 * Why nothing may be created or altered: a camera's messages meet in one partition number, so the pipeline's topics
 * have the same number of them. Undefined if they will have.
 */
export function unequalPartitions({ topics }: TopicPlan, apply: boolean): TmonError | undefined {
  const pipeline = topics.filter(({ id }) => isPipeline(id));
  const [most] = pipeline
    .flatMap(({ name, drift }) =>
      drift
        .filter(({ setting, kind }) => setting === "partitions" && !(apply && kind === "partitions"))
        .map(({ found, wanted }) => ({ name, found: Number(found), wanted: Number(wanted) })),
    )
    .sort((a, b) => b.found - a.found);
  if (most === undefined) return undefined;
  const { name, found, wanted } = most;
  return new TmonError(
    "TMON_TOPIC_DRIFT",
    `${name} has ${found} partitions, and ${wanted} are wanted: the topics of the pipeline must have the same number`,
    found > wanted
      ? `partitions cannot be taken away: set partitions: ${found} for all three in kafka.yaml, then raise them with --apply while no role runs`
      : "raise them all with --apply while no role runs",
  );
}

function tooFew(topic: string, replicas: number, brokers: number): TmonError {
  return new TmonError(
    "TMON_BROKERS_TOO_FEW",
    `${topic} is to have ${replicas} replicas, and the cluster has ${brokers} broker${brokers === 1 ? "" : "s"}`,
    `start more brokers, or say --replication-factor ${brokers}`,
  );
}
