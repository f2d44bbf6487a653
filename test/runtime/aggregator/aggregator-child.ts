import { pino } from "pino";
import { startAggregator } from "../../../src/runtime/aggregator/aggregator.ts";
import { openContext } from "../../support/context.ts";
import { quickConfig } from "./harness.ts";

/** An aggregator in a process of its own, to be killed: node --import tsx aggregator-child.ts DATA_DIR */
const { context } = await openContext(quickConfig(process.argv[2] as string));
await startAggregator({ ...context, log: pino({ level: "silent" }) });
process.send?.("started");
