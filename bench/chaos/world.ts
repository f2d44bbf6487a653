import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { execa } from "execa";
import { type Kill, openCallsOf } from "../../test/support/repeated-calls.ts";
import { type RunningProcess, startProcess } from "../support/processes.ts";
import { type RedisServer, startRedis } from "../support/redis.ts";
import { type Brokers, startBrokers } from "./brokers.ts";
import type { Scenario } from "./scenarios.ts";

const program = fileURLToPath(new URL("../../bin/run.js", import.meta.url));
const providerLatency = "800ms";
const keepsLogs = process.env.TMON_LOG_LEVEL !== undefined;
export const roleNames = ["generator", "scheduler", "aggregator"] as const;
export type RoleName = (typeof roleNames)[number];

export interface Replica {
  role: RoleName;
  name: string;
  process: RunningProcess;
  /** Of its HTTP server. */
  url: string;
}

/** What is done to the world, and when: epoch ms. */
export interface Fault {
  at: number;
  what: string;
}

/** Servers and roles of one scenario. */
export interface World {
  directory: string;
  brokers: Brokers;
  redis: RedisServer;
  /** The provider's base URL. */
  provider: string;
  replicas: Replica[];
  faults: Fault[];
  /** Schedulers. */
  killed: Kill[];
  /** Requests a minute that the keys allow together; undefined: as many as come. */
  rpmLimit: number | undefined;
}

export async function openWorld(scenario: Scenario): Promise<World> {
  const directory = mkdtempSync(join(tmpdir(), "tmon-chaos-"));
  process.once("exit", () => keepsLogs || rmSync(directory, { recursive: true, force: true }));
  const [brokers, redis, provider] = await Promise.all([
    startBrokers(join(directory, "kafka")),
    startRedis(directory),
    startProvider(directory),
  ]);
  const { rpmLimit } = scenario;
  const world: World = {
    ...{ directory, brokers, redis, provider, rpmLimit },
    ...{ replicas: [], faults: [], killed: [] },
  };
  writeConfig(world);
  await execa(process.execPath, [program, "init-topics"], { env: environment(world) });
  await Promise.all(
    roleNames.flatMap((role) => Array.from({ length: scenario.replicas }, () => startReplica(world, role))),
  );
  return world;
}

export async function closeWorld({ directory, brokers, redis, replicas }: World): Promise<void> {
  for (const { process } of replicas) process.kill("SIGTERM");
  await Promise.race([Promise.all(replicas.map(({ process }) => process.ended)), delay(30_000)]);
  for (const { process } of replicas) process.kill("SIGKILL");
  redis.client.disconnect();
  await redis.stop();
  brokers.wipe();
  if (keepsLogs) process.stderr.write(`logs: ${directory}\n`);
  else rmSync(directory, { recursive: true });
}

export function environment({ directory, brokers, redis }: World): Record<string, string> {
  return {
    TMON_CONFIG_DIR: join(directory, "config"),
    TMON_KAFKA_BROKERS: brokers.addresses.join(","),
    TMON_REDIS_URL: redis.url,
  };
}

let started = 0;

/** Resolves when it listens; it may still be joining its group. */
export async function startReplica(
  world: World,
  role: RoleName,
  env: Record<string, string> = {},
): Promise<Replica> {
  started += 1;
  const name = `${role}-${started}`;
  const args = [program, "run", role, "--port", "0", "--instance", name];
  const process_ = startProcess(process.execPath, args, {
    log: join(world.directory, `${name}.log`),
    env: { ...environment(world), ...env },
  });
  const [, url] = await process_.says(/runs: (http:\S+)/);
  const replica = { role, name, process: process_, url: url! };
  world.replicas.push(replica);
  return replica;
}

/** kill -9. What it was doing then may be done again. */
export async function killReplica(world: World, replica: Replica): Promise<void> {
  if (replica.role === "scheduler") {
    const openCalls = await openCallsOf(replica.url);
    world.killed.push({ at: Date.now(), openCalls });
  }
  fault(world, `${replica.name} killed`);
  replica.process.kill("SIGKILL");
  await gone(world, replica);
}

/** SIGTERM: it finishes what is open. */
export async function removeReplica(world: World, replica: Replica): Promise<void> {
  fault(world, `${replica.name} removed`);
  replica.process.kill("SIGTERM");
  await gone(world, replica);
}

export function fault({ faults }: World, what: string): void {
  faults.push({ at: Date.now(), what });
  process.stderr.write(`  ${new Date().toISOString().slice(11, 19)} ${what}\n`);
}

async function gone(world: World, replica: Replica): Promise<void> {
  await replica.process.ended;
  world.replicas = world.replicas.filter((other) => other !== replica);
}

async function startProvider(directory: string): Promise<string> {
  const args = [program, "sim", "vlm", "--port", "0", "--latency", providerLatency];
  const provider = startProcess(process.execPath, args, { log: join(directory, "provider.log") });
  const [, url] = await provider.says(/provider at (http:\S+?);/);
  return url!;
}

function writeConfig({ directory, provider, rpmLimit }: World): void {
  const config = join(directory, "config");
  mkdirSync(config);
  const keys = ["one", "two"].map((id) => ({
    key: `sk-chaos-${id}`,
    key_id: id,
    ...(rpmLimit === undefined ? {} : { rpm_limit: rpmLimit / 2 }),
  }));
  const scheduler = { rate_limit: { enabled: false }, health_check: { enabled: false } };
  writeFileSync(join(config, "api_keys.yaml"), JSON.stringify({ api_keys: keys, scheduler }));
  writeFileSync(join(config, "tmon.yaml"), JSON.stringify({ vlm: { base_url: provider } }));
}
