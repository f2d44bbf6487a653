import { homedir } from "node:os";
import { setTimeout as delay } from "node:timers/promises";
import { pino } from "pino";
import { openBus } from "../../src/bus/open.ts";
import { loadConfig } from "../../src/config/load.ts";
import { encode } from "../../src/messages/codec.ts";
import { newMessageId, taskIdOf } from "../../src/messages/ids.ts";
import { drawPicture } from "../support/picture.ts";

const cameras = 100;

export interface TasksOptions {
  perSecond: number;
  /** Of a square picture, pixels. */
  pictureSide: number;
  noisy?: boolean;
  /** Names the bus; embedded in the directory unless it does. */
  env?: Record<string, string>;
}

/** Writes tasks of 100 cameras in turn to the bus, no two of them about one group. */
export async function startTasks(directory: string, options: TasksOptions) {
  const { perSecond, pictureSide, noisy = false, env = {} } = options;
  const { config } = loadConfig({ flags: { dataDir: directory }, env, cwd: directory, home: homedir() });
  const bus = await openBus(config, pino({ level: "silent" }));
  const topic = config.topics["assessment-tasks"].name;
  const picture = await drawPicture(pictureSide, noisy);
  const ending = new AbortController();
  const open = new Set<Promise<void>>();
  let begun = 0;
  function write(): void {
    const cameraId = `camera-${begun % cameras}`;
    begun += 1;
    const value = encode(aTask(cameraId, picture));
    const writing = bus.produce([{ topic, key: cameraId, value }]).finally(() => open.delete(writing));
    open.add(writing);
  }
  const writing = (async () => {
    for (const since = Date.now(); !ending.signal.aborted; write())
      while (begun >= ((Date.now() - since) / 1000) * perSecond && !ending.signal.aborted) await delay(5);
  })();
  return {
    written: () => begun - open.size,
    async stop(): Promise<void> {
      ending.abort();
      await writing;
      await Promise.all(open);
      await bus.close();
    },
  };
}

function aTask(cameraId: string, groupImageBase64: string) {
  const messageId = newMessageId();
  const now = Date.now();
  const x = Math.floor(Math.random() * 1_800);
  const y = Math.floor(Math.random() * 1_000);
  const bbox = [x, y, x + 115, y + 45];
  const objects = [0, 1].map((objectId) => ({ objectId, class: "car", confidence: 0.8, bbox }));
  return {
    ...{ schemaVersion: 1, taskId: taskIdOf(messageId, 1), requestId: messageId, cameraId, groupIndex: 1 },
    ...{ timestamp: new Date(now).toISOString(), groupImageBase64, groupImageUrl: "", source: "file" },
    detectedObjects: objects,
    groupMetadata: { objectCount: 2, classes: ["car"], bbox },
    imageWidth: 1_920,
    imageHeight: 1_080,
    trace: { capturedAt: now },
  };
}
