import { homedir } from "node:os";
import { setTimeout as delay } from "node:timers/promises";
import { pino } from "pino";
import type { Bus } from "../../src/bus/bus.ts";
import { openBus } from "../../src/bus/open.ts";
import type { Config } from "../../src/config/config.ts";
import { loadConfig } from "../../src/config/load.ts";
import { noObservations, type Observations } from "../../src/runtime/report/observations.ts";
import { observePush } from "../../src/runtime/report/observe.ts";
import { untilDone } from "../../src/runtime/retry.ts";
import { openStore } from "../../src/store/open.ts";
import type { Store } from "../../src/store/store.ts";
import { createDetections } from "./detections.ts";
import { environment, type World } from "./world.ts";

const perSecond = 100;

export interface Load {
  readonly config: Config;
  readonly bus: Bus;
  readonly store: Store;
  /** messageIds the bus says it has. */
  readonly written: Set<string>;
  /** Attempts of produce() that failed; they were made again. */
  readonly refused: () => number;
  /** What a screen was shown. */
  readonly seen: Observations;
  readonly startedAt: number;
  endedAt(): number;
  /** Resolves when everything produced is written. */
  end(): Promise<void>;
}

/** Detections of as many cameras at a steady rate, whatever happens to the bus; and a subscriber as a screen is one. */
export async function startLoad(world: World): Promise<Load> {
  const { directory } = world;
  const { config } = loadConfig({
    ...{ flags: { dataDir: directory }, env: environment(world) },
    ...{ cwd: directory, home: homedir() },
  });
  const log = pino({ level: "silent" });
  const never = new AbortController().signal;
  const bus = await openBus(config, log);
  const store = await openStore(config, log, never);
  const topic = config.topics["detection-results"].name;
  const nextDetection = await createDetections();
  const ending = new AbortController();
  const written = new Set<string>();
  const open = new Set<Promise<void>>();
  const seen = noObservations();
  let refused = 0;
  let endedAt = 0;

  await store.subscribe("camera:*", (_, push) => observePush(seen, push, Date.now()));

  function produce(): void {
    const { messageId, key, value } = nextDetection();
    const produced = untilDone(() => bus.produce([{ topic, key, value }]), never, {
      failed: () => void refused++,
      done() {},
    });
    const writing = produced.then(() => {
      written.add(messageId);
      open.delete(writing);
    });
    open.add(writing);
  }

  const startedAt = Date.now();
  const producing = (async () => {
    for (let number = 0; !ending.signal.aborted; number++) {
      while (number >= ((Date.now() - startedAt) / 1000) * perSecond) await delay(5);
      produce();
    }
  })();

  return {
    ...{ config, bus, store, written, seen, startedAt },
    refused: () => refused,
    endedAt: () => endedAt,
    async end() {
      ending.abort();
      endedAt = Date.now();
      await producing;
      await Promise.all(open);
    },
  };
}
