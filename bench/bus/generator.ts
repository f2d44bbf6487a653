/**
 * Tasks the generator makes of detections for each second of CPU its process takes, on Kafka.
 *
 * `tmon run generator` finds a topic full of detections, each with one group and its picture. CPU is the whole
 * process's, kafkajs and garbage collection included, from the first task to the last. A broker and a Redis are started
 * for it, and taken down at the end. It runs what `npm run build` built.
 *
 *   node --import tsx bench/bus/generator.ts [--rounds 3] [--tasks 20000] [--picture 30000 bytes] [--json]
 */
import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import Table from "cli-table3";
import { execa } from "execa";
import { newMessageId } from "../../src/messages/ids.ts";
import { startRedis } from "../../test/support/redis.ts";
import { removeTemporaryDirectories } from "../../test/support/tmp.ts";
import { startBroker } from "../support/broker.ts";
import { median } from "./figures.ts";
import { openBare } from "./kafka/bare.ts";

const { values: flags } = parseArgs({
  options: {
    rounds: { type: "string", default: "3" },
    tasks: { type: "string", default: "20000" },
    picture: { type: "string", default: "30000" },
    json: { type: "boolean", default: false },
  },
});
const program = fileURLToPath(new URL("../../bin/run.js", import.meta.url));
const tasks = Number(flags.tasks);
const batch = 64;
const ticksPerSecond = 100;
const picture = randomBytes(Number(flags.picture)).toString("base64");

const broker = await startBroker();
const redis = await startRedis();
process.once("exit", removeTemporaryDirectories);
try {
  const env = { TMON_KAFKA_BROKERS: broker.address, TMON_REDIS_URL: redis.url };
  await execa(process.execPath, [program, "init-topics"], { env });
  const messageBytes = await fill();
  const figures: Figures[] = [];
  for (let round = 0; round < Number(flags.rounds); round++) {
    figures.push(await run(env));
    await broker.admin.deleteGroups(["tmon-generator"]);
  }
  print(messageBytes, figures);
} finally {
  await redis.stop();
  await broker.stop();
}

interface Figures {
  perCpuSecond: number;
  perSecond: number;
  cpuMsPerTask: number;
}

/** @returns the bytes of one message */
async function fill(): Promise<number> {
  const producer = await openBare(broker.address);
  for (let first = 0; first < tasks; first += batch)
    await producer.write(
      "detection-results",
      Array.from({ length: Math.min(batch, tasks - first) }, (_, index) => ({
        key: `camera-${index}`,
        value: detection(`camera-${index}`),
      })),
    );
  await producer.close();
  return detection("camera-0").length;
}

async function run(env: Record<string, string>): Promise<Figures> {
  const role = execa(process.execPath, [program, "run", "generator", "--port", "0"], {
    env,
    stdio: "ignore",
    reject: false,
  });
  let isRunning = true;
  role.finally(() => {
    isRunning = false;
  });
  const before = await broker.messages("assessment-tasks");
  const look = async () => {
    if (!isRunning) throw new Error("the generator ended");
    const done = (await broker.messages("assessment-tasks")) - before;
    return { done, cpuMs: cpuMsOf(role.pid!), at: performance.now() };
  };
  const until = async (wanted: number) => {
    for (;;) {
      const seen = await look();
      if (seen.done >= wanted) return seen;
      await delay(20);
    }
  };
  try {
    const first = await until(1);
    const last = await until(tasks);
    const made = last.done - first.done;
    return {
      perCpuSecond: (made / (last.cpuMs - first.cpuMs)) * 1_000,
      perSecond: (made / (last.at - first.at)) * 1_000,
      cpuMsPerTask: (last.cpuMs - first.cpuMs) / made,
    };
  } finally {
    role.kill("SIGTERM");
    await role;
  }
}

/** User and system time of a process, all of its threads. */
function cpuMsOf(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]!.split(" ");
  return ((Number(fields[11]) + Number(fields[12])) / ticksPerSecond) * 1_000;
}

/** As the detector writes it. */
function detection(cameraId: string): Buffer {
  const objects = ["car", "truck", "person"].map((name, objectId) => ({
    objectId,
    class: name,
    confidence: 0.8123,
    bbox: [100.5, 120.1, 180.2, 190.7],
    trackId: objectId + 7,
  }));
  const group = { groupIndex: 1, objectCount: 3, classes: objects.map((object) => object.class) };
  const now = Date.now();
  return Buffer.from(
    JSON.stringify({
      schemaVersion: 1,
      messageId: newMessageId(),
      cameraId,
      timestamp: new Date(now).toISOString(),
      frameTimestamp: now / 1_000,
      imageWidth: 640,
      imageHeight: 360,
      detectedObjects: objects,
      trafficGroups: [
        {
          ...group,
          bbox: [100.5, 120.1, 180.2, 190.7],
          averageConfidence: 0.8123,
          memberIndices: [0, 1, 2],
          members: objects,
        },
      ],
      groupImages: [{ ...group, imageBase64: picture }],
      detectionLatency: 0.012,
      modelType: "yolox_nano",
      source: "live",
      trace: { capturedAt: now, detectedAt: now + 12 },
    }),
  );
}

function print(messageBytes: number, rounds: readonly Figures[]): void {
  const of = (name: keyof Figures) => median(rounds.map((figures) => figures[name]));
  const figures = {
    perCpuSecond: Math.round(of("perCpuSecond")),
    perSecond: Math.round(of("perSecond")),
    cpuMsPerTask: Number(of("cpuMsPerTask").toFixed(3)),
  };
  if (flags.json) {
    console.log(JSON.stringify({ messageBytes, tasks, rounds: rounds.length, ...figures }));
    return;
  }
  const table = new Table({
    head: [`generator, messages of ${messageBytes} bytes`, "median", "least", "most"],
  });
  const row = (name: keyof Figures, digits: number) => {
    const values = rounds.map((round) => round[name]);
    return [of(name), Math.min(...values), Math.max(...values)].map((value) => value.toFixed(digits));
  };
  table.push(["tasks/CPU second", ...row("perCpuSecond", 0)]);
  table.push(["tasks/s", ...row("perSecond", 0)]);
  table.push(["CPU a task, ms", ...row("cpuMsPerTask", 3)]);
  console.log(table.toString());
}
