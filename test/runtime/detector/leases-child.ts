/** A detector's leases in a process of its own, for tests that kill it: data directory, name, ids of cameras. */

import { pino } from "pino";
import { shareCameras } from "../../../src/runtime/detector/leases.ts";
import { openStore } from "../../../src/store/open.ts";
import { testConfig } from "../../support/context.ts";
import { always, bareCamera } from "./leases-support.ts";

const [dataDir = "", instance = "", ...ids] = process.argv.slice(2);
const log = pino({ level: "silent" });
const store = await openStore(testConfig(dataDir), log);
const leases = shareCameras({ store, log, instance }, always(ids.map((id) => bareCamera(id))));
await leases.settled;
process.stdout.write("settled\n");
