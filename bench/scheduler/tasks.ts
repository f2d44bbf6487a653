import { homedir } from "node:os";
import { setTimeout as delay } from "node:timers/promises";
import { pino } from "pino";
import sharp from "sharp";
import { openBus } from "../../src/bus/open.ts";
import { loadConfig } from "../../src/config/load.ts";
import { encode } from "../../src/messages/codec.ts";
import { newMessageId, taskIdOf } from "../../src/messages/ids.ts";

const cameras = 100;

/** Writes tasks of 100 cameras in turn to the embedded bus in the directory, no two of them about one group. */
export async function startTasks(
  directory: string,
  { perSecond, pictureSide }: { perSecond: number; pictureSide: number },
) {
  const { config } = loadConfig({ flags: { dataDir: directory }, env: {}, cwd: directory, home: homedir() });
  const bus = await openBus(config, pino({ level: "silent" }));
  const picture = await drawPicture(pictureSide);
  const ending = new AbortController();
  let written = 0;
  const writing = (async () => {
    for (const since = Date.now(); !ending.signal.aborted; written++) {
      while (written >= ((Date.now() - since) / 1000) * perSecond && !ending.signal.aborted) await delay(5);
      const cameraId = `camera-${written % cameras}`;
      await bus.produce([
        { topic: "assessment-tasks", key: cameraId, value: encode(aTask(cameraId, picture)) },
      ]);
    }
  })();
  return {
    written: () => written,
    async stop(): Promise<void> {
      ending.abort();
      await writing;
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

async function drawPicture(side: number): Promise<string> {
  const create = { width: side, height: side, channels: 3 as const, background: "grey" };
  return (await sharp({ create }).jpeg({ quality: 85 }).toBuffer()).toString("base64");
}
