import { z } from "zod";
import { TmonError } from "../errors.ts";
import { wireSchemas } from "../messages/topics.ts";
import { writeLine } from "./output.ts";
import { topicNamed } from "./topic-named.ts";

export async function printSchema(name: string): Promise<void> {
  const topic = topicNamed(name);
  if (topic === "dead-letters") {
    throw new TmonError(
      "TMON_TOPIC_UNKNOWN",
      "a dead letter's value is the original bytes: it has no schema",
      "read its headers error-code, error-message, source-topic, source-partition, source-offset, source-group",
    );
  }
  await writeLine(JSON.stringify(z.toJSONSchema(wireSchemas[topic], { io: "input" }), null, 2));
}
