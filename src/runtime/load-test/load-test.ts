import { setTimeout as delay } from "node:timers/promises";
import type { Logger } from "pino";
import { abortAfter } from "../../abort-after.ts";
import { openBus } from "../../bus/open.ts";
import type { Config } from "../../config/config.ts";
import { TmonError } from "../../errors.ts";
import { newMessageId } from "../../messages/ids.ts";
import { openStoreSoon } from "../../store/open.ts";
import type { Store } from "../../store/store.ts";
import { heartbeatPrefix } from "../heartbeat.ts";
import { measureLag, worstGroup } from "../lag.ts";
import { createReleaseStack } from "../release-stack.ts";
import { countUnreadLost, describeRun, processUse } from "../report/circumstances.ts";
import { startCollector } from "../report/collector.ts";
import { type Percentiles, percentiles } from "../report/percentiles.ts";
import { makeReport, type Report } from "../report/report.ts";
import { type RoleContext, type RoleName, roleNames } from "../role.ts";
import type { System } from "../system.ts";
import { cleanUp, clearIncidents } from "./clean-up.ts";
import { drain } from "./drain.ts";
import { explainUnsent, judgeOf, noteSent } from "./facts.ts";
import type { Origin } from "./feed.ts";
import { startLoad } from "./load.ts";
import type { Profile, ProfileName } from "./profile.ts";
import { type Sample, type Steps, watchRun } from "./samples.ts";
import { type Series, seriesOf } from "./series.ts";
import { judge, type Slo } from "./slo.ts";

export type Target = "self" | "deployment";

export interface LoadTestOptions {
  config: Config;
  target: Target;
  from: Origin;
  profile: Profile;
  cameras: number;
  slo: readonly Slo[];
  log: Logger;
  version: string;
  /** Ends the load before its time; what is open still goes its way. */
  signal: AbortSignal;
  /** Told every second. */
  progress(sample: Sample): void;
}

export interface LoadReport extends Report {
  load: {
    target: Target;
    from: Origin;
    profile: ProfileName;
    /** As asked for, frames a second. */
    rate: number;
    /** Frames, and those of them that the bus has. */
    due: number;
    sent: number;
    /** Frames that a detector too slow for them dropped: of rendered cameras only. */
    dropped: number;
    /** How long after they were due frames were handed to the bus. */
    sentLateMs: Percentiles;
  } & Steps;
}

export interface LoadTest {
  report: LoadReport;
  series: Series;
}

/** Whoever starts a load test looks on: a server that is away is said, not waited for. */
const patienceMs = 10_000;

/** The last role whose work the load does itself. Cameras come with a detector, that no other one gets to see them. */
const lastDone: Record<Origin, RoleName> = {
  cameras: "detector",
  detections: "detector",
  tasks: "generator",
};

/**
 *   starting -> sending -(time, signal, broken)-> draining -> cleaned up -> report
 *          \          \-> (a role failed: everything opened is released again)
 *           \-> (the same)
 *
 * Bus and store are opened apart from the roles': what is sent and counted goes the way of any other process.
 * @throws TmonError as openBus, openStoreSoon, startSystem and startLoad; the signal's reason during the start
 */
export async function runLoadTest(options: LoadTestOptions): Promise<LoadTest> {
  const { config, log, signal } = options;
  const releases = createReleaseStack();
  try {
    const bus = await openBus(config, log, { ending: signal, patienceMs });
    releases.add(() => bus.close());
    const store = await openStoreSoon(config, log, { signal, patienceMs });
    releases.add(() => store.close());
    const site = { config, bus, store, log };
    const prefix = `load-${newMessageId().slice(-12)}-`;
    const cameraIds = Array.from({ length: options.cameras }, (_, index) => `${prefix}${index + 1}`);
    // Registered before the roles: the entries they still write are taken out, too.
    const frames = new Set<string>();
    releases.add(() => cleanUp(site, cameraIds, frames));
    if (options.target === "self") releases.add(() => clearIncidents(site, cameraIds));
    await warnOfUnread(site);
    const collector = await startCollector(site, { cameraPrefix: prefix });
    releases.add(() => collector.stop());
    const system = options.target === "self" ? await startRoles(options, store) : undefined;
    releases.add(() => system?.stop());
    signal.throwIfAborted();

    const startedAt = Date.now();
    const load = await startLoad(site, { ...options, cameraIds, frames });
    releases.add(() => load.stop(AbortSignal.abort()));
    const run = watchRun(options, { load, collector });
    releases.add(() => run.stop());
    const failed = Promise.race([load.failed, ...(system ? [system.failed] : [])]);
    const ended = delay(options.profile.forMs, undefined, { signal }).catch(() => {});
    await Promise.race([ended, run.broke, failed]);

    const deadline = abortAfter(config.drainMs);
    const draining = drain({ load, collector, system, store }, deadline);
    const drained = await Promise.race([draining, failed]);
    const endedAt = Date.now();
    await run.stop();
    await collector.finish();
    noteSent(collector.seen, options.from, frames);
    const described = describeRun(system?.config ?? config, options.version);
    const [due, sent] = [load.due(), frames.size];
    const gaps = [collector.incomplete(), explainUnsent(load.unsent(), due)].filter((gap) => gap !== null);
    const report = makeReport(collector.seen, {
      ...{ startedAt, endedAt, drained },
      run: system ? described : { ...described, ...judgeOf(collector.seen) },
      cameras: { configured: cameraIds.length, live: cameraIds.length },
      frames: { processed: sent, dropped: due - sent },
      lag: collector.lag(),
      process: processUse(),
      unreadLost: system ? await countUnreadLost(system.metrics) : 0,
      incomplete: gaps.length === 0 ? null : gaps.join("; "),
    });
    const { target, from, profile } = options;
    const asked = { target, from, profile: profile.name, rate: profile.rate };
    const facts = {
      ...asked,
      due,
      sent,
      dropped: load.dropped(),
      sentLateMs: percentiles(load.lateMs),
      ...run.steps(),
    };
    return {
      report: { ...report, slo: judge(options.slo, report), load: facts },
      series: seriesOf(run.samples, collector.seen, load.startedAt),
    };
  } finally {
    await releases.run();
  }
}

/** @throws TmonError TMON_USAGE if others do the same work there: half of the load would go their way, and theirs this one's */
async function startRoles({ config, from, log, signal }: LoadTestOptions, store: Store): Promise<System> {
  const roles = roleNames.slice(roleNames.indexOf(lastDone[from]) + 1);
  const others = await Promise.all(roles.map((role) => store.list(`${heartbeatPrefix}${role}:`)));
  const running = roles.filter((_, index) => others[index]!.length > 0);
  if (running.length > 0) {
    throw new TmonError(
      "TMON_USAGE",
      `on this bus and store runs already: ${running.join(", ")}`,
      "say --target deployment to load what runs there, or end it first",
    );
  }
  const { startSystem } = await import("../system.ts");
  return startSystem({
    // Nobody else is to look at it, and no camera to be opened.
    config: { ...config, cameras: [], web: { ...config.web, host: "127.0.0.1", port: 0 } },
    ...{ roles, instance: `load-test-${process.pid}`, log, defaultPort: 0, observed: false, ending: signal },
  });
}

/** What another load or an outage left is worked off first: nobody is to take that for this load's doing. */
async function warnOfUnread({
  config,
  bus,
  log,
}: Pick<RoleContext, "config" | "bus" | "log">): Promise<void> {
  const { group, lag } = worstGroup(await measureLag(config, bus));
  if (lag > 0) log.warn({ group, lag }, "messages of before are not done: they go first, and count as lag");
}
