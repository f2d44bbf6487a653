import { expect, test } from "vitest";
import { murmur2, partitionOf } from "../../src/bus/partitioner.ts";

// org.apache.kafka.common.utils.UtilsTest.testMurmur2
test.each([
  ["21", -973932308],
  ["foobar", -790332482],
  ["a-little-bit-long-string", -985981536],
  ["a-little-bit-longer-string", -1486304829],
  ["lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8", -58897971],
  ["abc", 479470107],
])("%s hashes as in Kafka's Java client", (text, hash) => {
  expect(murmur2(Buffer.from(text))).toBe(hash);
});

test("a key's partition is the positive hash modulo the partitions", () => {
  expect(partitionOf("21", 16)).toBe((-973932308 & 0x7fffffff) % 16);
  expect(partitionOf("", 16)).toBe((murmur2(Buffer.alloc(0)) & 0x7fffffff) % 16);
});

test("a key is hashed as UTF-8", () => {
  expect(partitionOf("路口-7", 1000)).toBe((murmur2(Buffer.from("路口-7", "utf8")) & 0x7fffffff) % 1000);
});
