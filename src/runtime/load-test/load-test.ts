import { setTimeout as delay } from "node:timers/promises";
import type { Logger } from "pino";
import { openBus } from "../../bus/open.ts";
import type { Config } from "../../config/config.ts";
import { newMessageId } from "../../messages/ids.ts";
import { openStore } from "../../store/open.ts";
import { createReleaseStack } from "../release-stack.ts";
import { countUnreadLost, describeRun, processUse } from "../report/circumstances.ts";
import { type Collector, startCollector } from "../report/collector.ts";
import { makeReport, type Report, unfinished } from "../report/report.ts";
import { type RoleName, roleNames } from "../role.ts";
import { type System, startSystem } from "../system.ts";
import { cleanUp } from "./clean-up.ts";
import { type Load, type LoadOptions, startLoad } from "./load.ts";
import type { Profile } from "./profile.ts";
import { type Sample, watchRun } from "./samples.ts";
import { judge, type Slo } from "./slo.ts";

export const targets = ["self", "deployment"] as const;
export type Target = (typeof targets)[number];

export interface LoadTestOptions {
  config: Config;
  target: Target;
  from: LoadOptions["from"];
  profile: Profile;
  cameras: number;
  slo: readonly Slo[];
  log: Logger;
  version: string;
  /** Ends the load before its time; the rest goes its way. */
  signal: AbortSignal;
  /** Told every second. */
  progress(sample: Sample): void;
}

export interface LoadTest {
  report: Report;
  samples: readonly Sample[];
  seen: Collector["seen"];
  /** Of a load in steps: messages a second that were too many. */
  brokeAt: number | undefined;
}

const rolesAfter: Record<LoadOptions["from"], RoleName> = { detections: "detector", tasks: "generator" };

/**
 *   starting -> sending -(time, signal, broken)-> draining -> cleaned up -> report
 *          \          \-> (a role failed: everything opened is released again)
 *           \-> (the same)
 *
 * Bus and store are opened apart from the roles': what is sent and counted goes the way of any other process.
 * @throws TmonError as openBus, openStore and startSystem; the signal's reason during the start
 */
export async function runLoadTest(options: LoadTestOptions): Promise<LoadTest> {
  const { config, log, signal } = options;
  const releases = createReleaseStack();
  try {
    const bus = await openBus(config, log, { ending: signal });
    releases.add(() => bus.close());
    const store = await openStore(config, log, signal);
    releases.add(() => store.close());
    const site = { config, bus, store, log };
    const prefix = `load-${newMessageId().slice(-12)}-`;
    const cameraIds = Array.from({ length: options.cameras }, (_, index) => `${prefix}${index + 1}`);
    const collector = await startCollector(site, { cameraPrefix: prefix });
    releases.add(() => collector.stop());
    const system = options.target === "self" ? await startRoles(options) : undefined;
    releases.add(() => system?.stop());
    signal.throwIfAborted();

    const startedAt = Date.now();
    const load = await startLoad(site, { from: options.from, profile: options.profile, cameraIds });
    releases.add(() => load.stop(AbortSignal.abort()));
    releases.add(() => cleanUp(store, cameraIds, load.frames));
    const run = watchRun(options, { load, collector });
    releases.add(() => run.stop());
    const failed = system?.failed ?? new Promise<never>(() => {});
    await Promise.race([load.sent, run.broke, aborted(signal), failed]);

    const deadline = AbortSignal.timeout(config.drainMs);
    const drained = await Promise.race([drain({ load, collector, system }, options.from, deadline), failed]);
    const endedAt = Date.now();
    await run.stop();
    await collector.finish();
    const report = makeReport(collector.seen, {
      ...{ startedAt, endedAt, drained },
      run: describeRun(system?.config ?? config, options.version),
      cameras: { configured: cameraIds.length, live: cameraIds.length },
      frames: { processed: load.frames.size, dropped: 0 },
      lag: collector.lag(),
      process: processUse(),
      unreadLost: system ? await countUnreadLost(system.metrics) : 0,
      incomplete: collector.incomplete(),
    });
    return {
      report: { ...report, slo: judge(options.slo, report) },
      ...{ samples: run.samples, seen: collector.seen, brokeAt: run.brokeAt() },
    };
  } finally {
    await releases.run();
  }
}

function startRoles({ config, from, log, signal }: LoadTestOptions): Promise<System> {
  return startSystem({
    // Nobody else is to look at it, and no camera to be opened.
    config: { ...config, cameras: [], web: { ...config.web, host: "127.0.0.1", port: 0 } },
    roles: roleNames.slice(roleNames.indexOf(rolesAfter[from]) + 1),
    ...{ instance: `load-test-${process.pid}`, log, defaultPort: 0, observed: false, ending: signal },
  });
}

const lookEveryMs = 100;

/** True when all that was sent came to its end before the deadline. */
async function drain(
  { load, collector, system }: { load: Load; collector: Collector; system: System | undefined },
  from: LoadOptions["from"],
  deadline: AbortSignal,
): Promise<boolean> {
  await load.stop(deadline);
  const { seen } = collector;
  const isDone = () => {
    const arrived = from === "tasks" ? seen.tasks.size : seen.frames.size;
    return arrived >= load.frames.size && Object.values(unfinished(seen)).every((count) => count === 0);
  };
  while (!isDone() && !deadline.aborted) await delay(lookEveryMs);
  if (deadline.aborted) return false;
  return system ? system.drain(deadline) : true;
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener("abort", () => resolve(), { once: true });
  });
}
