import { Socket } from "node:net";
import { describe, onTestFinished, test, vi } from "vitest";
import { useKafka } from "../../support/kafka.ts";
import { lacks } from "../../support/machine.ts";
import { until } from "../../support/until.ts";
import { collect, numbered } from "../support/collect.ts";
import { administer, newTopic } from "./support.ts";

/** Kafka's number of the request. */
const syncGroup = 14;

/** The connection breaks off once this member has asked for what it is assigned, and before it is told. */
function breakNextSync(memberId: string): () => boolean {
  let broken = false;
  const write = Socket.prototype.write as (...args: unknown[]) => boolean;
  const spy = vi.spyOn(Socket.prototype, "write").mockImplementation(function (this: Socket, bytes, ...rest) {
    const isIt = Buffer.isBuffer(bytes) && bytes.readInt16BE(4) === syncGroup && bytes.includes(memberId);
    if (broken || !isIt) return write.call(this, bytes, ...rest);
    broken = true;
    const reset = Object.assign(new Error("read ECONNRESET"), { code: "ECONNRESET" });
    return write.call(this, bytes, () => this.destroy(reset));
  });
  onTestFinished(() => spy.mockRestore());
  return () => broken;
}

describe.skipIf(lacks("kafka"))("on Kafka, a member whose join broke off half way", () => {
  const kafka = useKafka();

  test("joins again: its partitions are delivered to it", async () => {
    const { topic, group, bus } = await newTopic(kafka());
    const one = await bus();
    const first = await collect(one, { group, topics: [topic] });
    await until(() => first.consumer.assignment().length === 4);
    let memberId = "";
    await administer(kafka(), async (admin) => {
      memberId = (await admin.describeGroups([group])).groups[0]!.members[0]!.memberId;
    });

    const isBroken = breakNextSync(memberId);
    const second = await collect(await bus(), { group, topics: [topic] });
    await until(isBroken);
    await one.produce(numbered(topic, 40, { partitions: 4 }));
    await until(() => first.deliveries.length === 20 && second.deliveries.length === 20);
  });
});
