import { topicIds } from "../../src/messages/topics.ts";

/** The topics as kafka.yaml names its settings of them. */
export const topicKeys = topicIds.map((id) => id.replaceAll("-", "_"));
