/** A detector in a process of its own, for tests that kill it: its arguments are data directory, model and URL. */

import { Secret } from "../../../src/config/secret.ts";
import { startDetector } from "../../../src/runtime/detector/detector.ts";
import { openContext, testConfig } from "../../support/context.ts";

const [dataDir = "", model, url = ""] = process.argv.slice(2);
const source = url.startsWith("file:") ? "file" : "live";
const config = testConfig(dataDir);
const { context } = await openContext({
  ...config,
  cameras: [{ id: "cam-1", url: new Secret(url), shownUrl: url, source, intervalMs: 200, weight: 1 }],
  detector: { ...config.detector, model },
});
await (await startDetector(context)).firstFrames;
process.stdout.write("live\n");
