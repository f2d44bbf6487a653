import { TmonError } from "../../../src/errors.ts";
import { type BusTarget, openTestBus } from "./test-bus.ts";

/** Produces until it fails; says by IPC how many messages were written and why it ended. */
const [target, keyBytes, valueBytes] = JSON.parse(process.argv[2]!) as [BusTarget, number, number];
const bus = await openTestBus(target);
const message = { topic: "log", key: "k".repeat(keyBytes), value: Buffer.alloc(valueBytes, "x") };
let written = 0;
try {
  for (; written < 20_000; written++) await bus.produce([message]);
} catch (error) {
  process.send?.({ written, code: error instanceof TmonError ? error.code : String(error) });
}
await bus.close();
process.disconnect();
