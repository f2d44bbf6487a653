import { setTimeout as delay } from "node:timers/promises";
import type { Logger } from "pino";
import { openBus } from "../bus/open.ts";
import type { Config } from "../config/config.ts";
import { Secret } from "../config/secret.ts";
import { plainKey } from "../config/sections/keys.ts";
import { clockTrouble } from "../observability/clock.ts";
import { createHealth } from "../observability/health.ts";
import { createMetrics, type Metrics } from "../observability/metrics.ts";
import { startHttpServer } from "../observability/server.ts";
import { openStore } from "../store/open.ts";
import type { Detector } from "./detector/detector.ts";
import { startHeartbeat } from "./heartbeat.ts";
import { createReleaseStack } from "./release-stack.ts";
import { type Collector, startCollector } from "./report/collector.ts";
import { type RoleContext, type RoleName, type RunningRole, roleNames } from "./role.ts";
import type { Scheduler } from "./scheduler/scheduler.ts";

export interface SystemOptions {
  config: Config;
  roles: readonly RoleName[];
  instance: string;
  log: Logger;
  /** Port tried first when none is named. */
  defaultPort: number;
  /** Watch the run for a report. */
  observed: boolean;
  /** Ends the start, and with it the wait for servers that are not there yet, after the step under way. */
  ending: AbortSignal;
}

/**
 * The roles of one process, on one bus and one store.
 *
 *   starting -> running -> draining -> stopped
 *       \          \-> failed
 *        \-> (everything opened is released again)
 */
export interface System {
  readonly config: Config;
  readonly url: string;
  readonly detector: Detector | undefined;
  readonly collector: Collector | undefined;
  readonly metrics: Metrics;
  /** Other API keys from now on, where there is a scheduler; calls in flight go on. */
  replaceKeys(keys: Config["keys"]): void;
  /** Lets the work flow out in the order of the data; true when all of it finished before `signal`. */
  drain(signal: AbortSignal): Promise<boolean>;
  /** Stops at once and releases everything; what was open is left for its next owner. */
  stop(): Promise<void>;
  readonly failed: Promise<never>;
}

/** Throws the signal's reason once that is aborted; everything opened is released again. */
export async function startSystem(options: SystemOptions): Promise<System> {
  const { roles, log, instance, ending } = options;
  const releases = createReleaseStack();
  try {
    const config = await withProvider(options.config, roles, releases);
    const health = createHealth();
    for (const role of roles) health.readiness(role, () => "is starting");
    const context = unopened({ config, log, metrics: createMetrics(), health, instance });
    const running: RunningRole[] = [];
    const server = await startHttpServer({ context, roles: running, defaultPort: options.defaultPort });
    releases.add(() => server.close());

    const bus = await openBus(config, log, { ending });
    releases.add(() => bus.close());
    health.readiness("bus", () => bus.trouble());
    const store = await openStore(config, log, ending);
    releases.add(() => store.close());
    health.readiness("store", () => store.trouble());
    health.warning("clock", () => clockTrouble(store.clockOffsetMs()));
    Object.assign(context, { bus, store });
    // Once more: screens are told goodbye while there is a store.
    releases.add(() => server.close());

    const collector = options.observed ? await startCollector(context) : undefined;
    releases.add(() => collector?.stop());

    // Consumers first, so that the first frame finds everybody there; stopped in the opposite order.
    for (const { name, start } of await load(roleNames.toReversed().filter((role) => roles.includes(role)))) {
      ending.throwIfAborted();
      const role = await start({ ...context, log: log.child({ role: name }) });
      releases.add(() => role.stop());
      running.unshift(role);
      releases.add(startHeartbeat(store, () => beatOf(role, context, server.url)));
    }
    ending.throwIfAborted();

    return {
      config,
      url: server.url,
      detector: running.find((role): role is Detector => role.name === "detector"),
      collector,
      metrics: context.metrics,
      replaceKeys: (keys) =>
        running.find((role): role is Scheduler => role.name === "scheduler")?.replaceKeys(keys),
      drain: (signal) => drainInOrder(running, signal),
      stop: () => releases.run(),
      failed: Promise.race(running.map((role) => role.failed)),
    };
  } catch (error) {
    await releases.run().catch(() => {});
    throw error;
  }
}

/** A role's code is loaded where the role runs: what decodes pictures and runs models is large. */
const loaders: Record<RoleName, () => Promise<(context: RoleContext) => Promise<RunningRole>>> = {
  detector: async () => (await import("./detector/detector.ts")).startDetector,
  generator: async () => (await import("./generator/generator.ts")).startGenerator,
  scheduler: async () => (await import("./scheduler/scheduler.ts")).startScheduler,
  aggregator: async () => (await import("./aggregator/aggregator.ts")).startAggregator,
};

/** All of it before the first role runs: loading keeps the thread from who is at work. */
function load(names: readonly RoleName[]) {
  return Promise.all(names.map(async (name) => ({ name, start: await loaders[name]() })));
}

/**
 * A context whose bus and store are yet to come. The HTTP server has it first, so that probes are answered while
 * a cluster is waited for; it asks for neither before a role runs.
 */
function unopened(parts: Omit<RoleContext, "bus" | "store">): RoleContext {
  const { bus, store, kafka } = parts.config;
  const kafkaAt = `waiting for Kafka at ${kafka.brokers.join(", ")}`;
  parts.health.readiness("bus", () => (bus.kind === "kafka" ? kafkaAt : "is being opened"));
  const redisAt = store.kind === "redis" ? `waiting for Redis at ${store.redis.shownUrl}` : "is being opened";
  parts.health.readiness("store", () => redisAt);
  return parts as RoleContext;
}

/** Where the VLM is simulated, its provider is started here and becomes the one key, without limits. */
async function withProvider(
  config: Config,
  roles: readonly RoleName[],
  releases: ReturnType<typeof createReleaseStack>,
): Promise<Config> {
  if (config.vlm.provider !== "simulated" || !roles.includes("scheduler")) return config;
  const { startSimulatedVlm } = await import("../simulator/vlm/server.ts");
  const provider = await startSimulatedVlm({ port: 0 });
  releases.add(() => provider.close());
  const key = {
    id: "simulated",
    key: new Secret("simulated"),
    baseUrl: provider.url,
    model: config.vlm.model,
  };
  return { ...config, vlm: { ...config.vlm, baseUrl: provider.url }, keys: [{ ...plainKey, ...key }] };
}

/** Each role is drained once everything before it has nothing more to give it. */
function drainInOrder(roles: readonly RunningRole[], signal: AbortSignal): Promise<boolean> {
  const aborted = new Promise<false>((resolve) => {
    if (signal.aborted) resolve(false);
    signal.addEventListener("abort", () => resolve(false), { once: true });
  });
  return Promise.race([drainEach(roles, signal).then(() => true), aborted]);
}

async function drainEach(roles: readonly RunningRole[], signal: AbortSignal): Promise<void> {
  for (const [index, role] of roles.entries()) {
    // A bus that does not answer may have more.
    while (index > 0 && !signal.aborted && (await role.busy().catch(() => true))) await delay(10);
    if (signal.aborted) return;
    await role.drain();
  }
}

function beatOf(role: RunningRole, { instance }: RoleContext, url: string) {
  return {
    role: role.name,
    instance,
    pid: process.pid,
    startedAt: processStartedAt,
    url,
    stats: role.stats(),
  };
}

const processStartedAt = Date.now() - Math.round(process.uptime() * 1000);
