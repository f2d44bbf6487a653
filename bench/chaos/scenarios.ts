import { setTimeout as delay } from "node:timers/promises";
import { brokerIds } from "./brokers.ts";
import { startCable } from "./cable.ts";
import { fault, killReplica, removeReplica, roleNames, startReplica, type World } from "./world.ts";

export interface Scenario {
  name: string;
  about: string;
  /** Of each role. */
  replicas: number;
  /** Requests a minute the two keys allow together; undefined: as many as come. */
  rpmLimit?: number;
  run(world: World): Promise<void>;
}

const outageMs = 20_000;
const betweenMs = 20_000;
/** A little more than the load, so that what an outage leaves behind can be caught up with. */
const tightRpm = 6_600;

export const scenarios: Scenario[] = [
  {
    name: "broker-killed",
    about: "each of three brokers in turn killed -9, started again after 30 s",
    replicas: 1,
    async run(world) {
      for (const id of brokerIds) {
        fault(world, `broker ${id} killed`);
        world.brokers.signal(id, "SIGKILL");
        await delay(30_000);
        await world.brokers.restart(id);
        await world.brokers.inSync();
        await delay(betweenMs);
      }
    },
  },
  {
    name: "broker-frozen",
    about: "each of three brokers in turn frozen for 30 s (SIGSTOP)",
    replicas: 1,
    async run(world) {
      for (const id of brokerIds) {
        fault(world, `broker ${id} frozen`);
        world.brokers.signal(id, "SIGSTOP");
        await delay(30_000);
        fault(world, `broker ${id} thawed`);
        world.brokers.signal(id, "SIGCONT");
        await world.brokers.inSync();
        await delay(betweenMs);
      }
    },
  },
  {
    name: "brokers-restarted",
    about: "all three brokers restarted in turn (SIGTERM), each once the one before is in sync again",
    replicas: 1,
    async run(world) {
      for (const id of brokerIds) {
        fault(world, `broker ${id} restarted`);
        world.brokers.signal(id, "SIGTERM");
        await world.brokers.restart(id);
        await world.brokers.inSync();
        await delay(10_000);
      }
    },
  },
  {
    name: "replicas-killed",
    about: "two replicas of each role, one killed -9 every 20 s and started again, in turn, for 4 minutes",
    replicas: 2,
    async run(world) {
      for (let turn = 0; turn < 12; turn++) {
        const role = roleNames[turn % roleNames.length];
        // The eldest: each in its turn.
        const victim = world.replicas.find((replica) => replica.role === role)!;
        await killReplica(world, victim);
        await startReplica(world, victim.role);
        await delay(betweenMs);
      }
    },
  },
  {
    name: "replicas-scaled",
    about: "each role from one replica to three and back, twice",
    replicas: 1,
    async run(world) {
      for (const up of [true, true, false, false, true, true, false, false]) {
        for (const role of roleNames) {
          const eldest = world.replicas.find((replica) => replica.role === role)!;
          if (!up) await removeReplica(world, eldest);
          else fault(world, `${(await startReplica(world, role)).name} added`);
        }
        await delay(betweenMs);
      }
    },
  },
  {
    name: "redis-stopped",
    about: "Redis killed -9 for 20 s, and empty afterwards",
    replicas: 2,
    rpmLimit: tightRpm,
    async run(world) {
      fault(world, "redis killed");
      await world.redis.stop();
      await delay(outageMs);
      fault(world, "redis started");
      await world.redis.start();
      await delay(60_000);
    },
  },
  {
    name: "redis-flushed",
    about: "FLUSHALL in the middle",
    replicas: 2,
    rpmLimit: tightRpm,
    async run(world) {
      await delay(60_000);
      fault(world, "FLUSHALL");
      await world.redis.client.flushall();
      await delay(60_000);
    },
  },
  {
    name: "redis-cut-off",
    about: "one replica of each role cut off from Redis for 20 s",
    replicas: 1,
    rpmLimit: tightRpm,
    async run(world) {
      const cable = await startCable(world.redis.url);
      for (const role of roleNames) await startReplica(world, role, { TMON_REDIS_URL: cable.url });
      await delay(60_000);
      fault(world, "three replicas cut off");
      cable.cut();
      await delay(outageMs);
      fault(world, "and connected again");
      cable.mend();
      await delay(60_000);
    },
  },
];
