import kafkajs from "kafkajs";
import { expect, it } from "vitest";
import { unreachable, wordsOf } from "../../../src/bus/kafka/failure.ts";

const { KafkaJSError } = kafkajs;
const broker = "127.0.0.1:9092";

it.each([
  ["Request Produce(key: 0, version: 7) timed out", `${broker} does not answer`],
  ["Connection timeout", `${broker} does not answer`],
  ["Closed connection", "it closes the connection"],
  ["Broker 2 not found in the cached metadata", "broker 2 is away"],
  ["Controller broker with id 3 not found in the cached metadata", "broker 3 is away"],
  ["Connection error: connect ECONNREFUSED 127.0.0.1:9092", "connect ECONNREFUSED 127.0.0.1:9092"],
])("the library's %j is said in plain words", (text, words) => {
  const error = Object.assign(new KafkaJSError(text), { broker });
  expect(wordsOf(error)).toBe(words);
  expect(unreachable(error).message).toContain(broker);
});
