import { TmonError } from "../../errors.ts";
import { pipelineTopics, type TopicId, topicIds } from "../../messages/topics.ts";
import type { Config, TopicConfig } from "../config.ts";
import type { Sources } from "../load.ts";
import { byDefault, type Choose, fromFile } from "../provenance.ts";
import type { YamlFile } from "../yaml-file.ts";

const hour = 3_600_000;
const retentions: Record<TopicId, number> = {
  "detection-results": hour,
  "assessment-tasks": 2 * hour,
  "risk-assessment-results": 24 * hour,
  "dead-letters": 72 * hour,
  incidents: 720 * hour,
};
const maxMessageBytes = 1_048_576;
/** A dead letter is the original message with headers of its own. */
const deadLetterExtraBytes = 65_536;

export function chooseTopics(choose: Choose, { kafka }: Sources): Pick<Config, "topics" | "groups"> {
  const { file, data } = kafka;
  const topic = (id: TopicId): TopicConfig => {
    const key = keyOf(id);
    const of = <T>(name: string, fallback: T) =>
      choose(
        `kafka.topics.${key}.${name}`,
        fromFile<T>(file, data, ["kafka", "topics", key, name]),
        byDefault(fallback),
      );
    const extra = id === "dead-letters" ? deadLetterExtraBytes : 0;
    const byDefaultBytes = fromFile<number>(file, data, [
      "kafka",
      "admin",
      "default_topic_config",
      "max_message_bytes",
    ]);
    return {
      name: of<string>("name", id),
      partitions: of("partitions", 16),
      retentionMs: of("retention_ms", retentions[id]),
      maxMessageBytes: of("max_message_bytes", (byDefaultBytes?.value ?? maxMessageBytes) + extra),
      replicationFactor: of<number | undefined>("replication_factor", undefined),
    };
  };
  const prefix = choose(
    "kafka.consumer.group_id_prefix",
    fromFile<string>(file, data, ["kafka", "consumer", "group_id_prefix"]),
    byDefault("tmon"),
  );
  const group = (role: string) =>
    choose(`groups.${role}`, fromFile<string>(file, data, ["groups", role]), byDefault(`${prefix}-${role}`));
  const topics = Object.fromEntries(topicIds.map((id) => [id, topic(id)])) as Config["topics"];
  refuseUnfitTopics(topics, file);
  return {
    topics,
    groups: { generator: group("generator"), scheduler: group("scheduler"), aggregator: group("aggregator") },
  };
}

const keyOf = (id: TopicId) => id.replaceAll("-", "_");

function refuseUnfitTopics(topics: Config["topics"], file: YamlFile | undefined): void {
  const refuse = (id: TopicId, key: string, what: string, todo: string) => {
    const place = file?.placeOf(["kafka", "topics", keyOf(id), key]);
    throw new TmonError("TMON_CONFIG_INVALID", `${place}: ${what}`, todo);
  };
  for (const [index, id] of topicIds.entries()) {
    const other = topicIds.slice(0, index).find((earlier) => topics[earlier].name === topics[id].name);
    if (other === undefined) continue;
    refuse(
      id,
      "name",
      `${other} and ${id} are both named ${topics[id].name}`,
      "give each topic its own name",
    );
  }
  const [first, ...others] = pipelineTopics;
  const { partitions } = topics[first];
  const different = others.find((id) => topics[id].partitions !== partitions);
  if (different === undefined) return;
  refuse(
    different,
    "partitions",
    `${different} has ${topics[different].partitions} partitions and ${first} has ${partitions}`,
    `give ${pipelineTopics.join(", ")} the same number`,
  );
}
