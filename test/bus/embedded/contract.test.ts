import type { Bus } from "../../../src/bus/bus.ts";
import { temporaryDirectory } from "../../support/tmp.ts";
import { busContract } from "../contract.ts";
import { type BusTarget, openTestBus } from "../support/test-bus.ts";

const directory = temporaryDirectory();
let number = 0;

busContract("the embedded bus", async () => {
  const target: BusTarget = {
    kind: "embedded",
    dataDir: `${directory}/${number++}`,
    topics: [
      { name: "first", partitions: 4 },
      { name: "second", partitions: 4 },
    ],
  };
  const opened: Bus[] = [];
  return {
    topics: ["first", "second"],
    target,
    async bus() {
      const bus = await openTestBus(target);
      opened.push(bus);
      return bus;
    },
    async close() {
      for (const bus of opened) await bus.close();
    },
  };
});
