import { setTimeout as delay } from "node:timers/promises";
import type { Delivery } from "../../../src/bus/bus.ts";
import type { MemberCommand, MemberOptions, MemberReport } from "./member-process.ts";
import { openTestBus } from "./test-bus.ts";

/** A member of a group in a process of its own: reports by IPC what happens to it. */
const options = JSON.parse(process.argv[2]!) as MemberOptions;
const report = (message: MemberReport): void => void process.send?.(message);
const open: Delivery[] = [];

const bus = await openTestBus(options.target);
const consumer = await bus.consume({
  group: options.group,
  topics: options.topics,
  deliver(delivery) {
    const { topic, partition, offset, value } = delivery;
    report({ delivered: { topic, partition, offset, text: value.toString() } });
    if (options.acknowledge === "all" || (options.acknowledge === "odd" && offset % 2 === 1))
      delivery.acknowledge();
    else open.push(delivery);
  },
  assigned: (partitions) => report({ assigned: [...partitions] }),
  lost: (partitions) => report({ lost: [...partitions] }),
});
report({ joined: true });

process.on("message", async (command: MemberCommand) => {
  if (command === "acknowledge") for (const delivery of open.splice(0)) delivery.acknowledge();
  if (command === "stop") {
    await consumer.stop();
    await bus.close();
    process.disconnect();
  }
});
// A test that died leaves no child behind.
process.on("disconnect", () => void delay(2_000, undefined, { ref: false }).then(() => process.exit()));
