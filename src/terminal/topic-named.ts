import { TmonError } from "../errors.ts";
import { type TopicId, topicIds } from "../messages/topics.ts";

/** @throws TmonError TMON_TOPIC_UNKNOWN */
export function topicNamed(name: string): TopicId {
  const topic = topicIds.find((id) => id === name);
  if (topic) return topic;
  throw new TmonError(
    "TMON_TOPIC_UNKNOWN",
    `there is no topic "${name}"`,
    `name one of ${topicIds.join(", ")}`,
  );
}
