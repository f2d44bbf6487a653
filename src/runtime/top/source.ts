import { existsSync } from "node:fs";
import type { Logger } from "pino";
import type { Bus } from "../../bus/bus.ts";
import { openBus } from "../../bus/open.ts";
import type { Config } from "../../config/config.ts";
import { type CameraStatus, cameraStatusPrefix, cameraStatusSchema } from "../../messages/camera-status.ts";
import { openStore } from "../../store/open.ts";
import type { Store } from "../../store/store.ts";
import { type Heartbeat, heartbeatPrefix } from "../heartbeat.ts";
import { measureLag } from "../lag.ts";
import type { SeenBeat, Snapshot, StageSeen, StoreSeen } from "./snapshot.ts";
import { watch } from "./watch.ts";

/** Where the dashboard has its figures from. It reads: groups, topics and roles are as they were. */
export interface Source {
  /** What is known now; costs nothing. */
  snapshot(): Snapshot;
  close(): Promise<void>;
  /** Rejects when the configuration must be changed first; never resolves. */
  readonly failed: Promise<never>;
}

const opening = "is being opened";

/** Asks bus and store once a second, each on its own: one that is away holds the other up no second. */
export function openSource(config: Config, log: Logger): Source {
  const { kafka, bus, store } = config;
  const waitForData = () => {
    // A reader makes no data directory.
    if (!existsSync(config.dataDir)) throw new Error(`nothing has been written to ${config.dataDir} yet`);
  };
  const busWatch = watch({
    kind: bus.kind,
    opening: bus.kind === "kafka" ? `waiting for Kafka at ${kafka.brokers.join(", ")}` : opening,
    async open(ending) {
      if (bus.kind === "embedded") waitForData();
      return openBus(config, log, { ending, needs: [] });
    },
    look: (opened: Bus) => lookAtBus(config, opened),
  });
  const storeWatch = watch({
    kind: store.kind,
    opening: store.kind === "redis" ? `waiting for Redis at ${store.redis.shownUrl}` : opening,
    async open(ending) {
      if (store.kind === "embedded") waitForData();
      return openStore(config, log, ending);
    },
    look: lookAtStore,
  });
  return {
    snapshot: () => ({ at: Date.now(), bus: busWatch.seen(), store: storeWatch.seen() }),
    async close() {
      await Promise.all([busWatch.close(), storeWatch.close()]);
    },
    failed: Promise.race([busWatch.failed, storeWatch.failed]),
  };
}

async function lookAtBus(config: Config, bus: Bus): Promise<StageSeen[]> {
  const lags = await measureLag(config, bus);
  const stages = [
    ["detections", "detection-results"],
    ["tasks", "assessment-tasks"],
    ["results", "risk-assessment-results"],
  ] as const;
  return stages.map(([stage, id]) => {
    const topic = config.topics[id].name;
    const readers = lags.filter((of) => of.topic === topic);
    const written = readers[0]?.partitions.reduce((sum, { end }) => sum + end, 0) ?? 0;
    return {
      stage,
      topic,
      written,
      readers: readers.map(({ group, lag, unreadSince, partitions }) => {
        return { group, lag: partitions.length === 0 ? null : lag, unreadSince };
      }),
    };
  });
}

async function lookAtStore(store: Store): Promise<StoreSeen> {
  const [beats, statuses] = await Promise.all([store.list(heartbeatPrefix), store.list(cameraStatusPrefix)]);
  const now = store.now();
  return {
    now,
    beats: beats.map(({ value }): SeenBeat => {
      // A role of an older version does not say when it wrote.
      const beat: Heartbeat = { at: now, ...JSON.parse(value.toString()) };
      return { ...beat, gone: store.kind === "embedded" && !isRunning(beat.pid) };
    }),
    cameras: statuses.flatMap(({ value }): CameraStatus[] => {
      const { data } = cameraStatusSchema.safeParse(JSON.parse(value.toString()));
      return data ? [data] : [];
    }),
  };
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
