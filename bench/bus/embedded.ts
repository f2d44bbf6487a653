/**
 * The embedded bus against bare LMDB, side by side in one run: 30 KB messages, the same batches and durability.
 *
 *   node --import tsx bench/bus/embedded.ts [--json]
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Table from "cli-table3";
import { open } from "lmdb";
import { pino } from "pino";
import type { Bus, OutgoingMessage } from "../../src/bus/bus.ts";
import { openEmbeddedBus } from "../../src/bus/embedded/open.ts";

const messageBytes = 30_000;
const batch = 64;
const batches = 150;
const count = batch * batches;
const partitions = 16;
const rounds = 3;
const value = Buffer.alloc(messageBytes, "tmon");

interface Figure {
  name: string;
  /** Messages a second, the best of the rounds. */
  lmdb: number;
  bus: number;
  ratio: number;
}

async function inDirectory<T>(body: (directory: string) => Promise<T>): Promise<T> {
  const directory = mkdtempSync(join(tmpdir(), "tmon-bench-"));
  try {
    return await body(directory);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

async function perSecond(messages: number, body: () => Promise<void>): Promise<number> {
  const started = performance.now();
  await body();
  return (messages / (performance.now() - started)) * 1_000;
}

function bareLmdb(withGet: boolean): Promise<number> {
  return inDirectory(async (directory) => {
    const root = open(join(directory, "bare.mdb"), { noSubdir: true });
    const records = root.openDB<Buffer, [number, number]>("records", { encoding: "binary" });
    const rate = await perSecond(count, async () => {
      for (let number = 0; number < batches; number++) {
        const first = number * batch;
        await root.transaction(() => {
          for (let index = first; index < first + batch; index++)
            records.put([index % partitions, index], value);
        });
        for (let index = first; withGet && index < first + batch; index++)
          if (records.getBinary([index % partitions, index])?.length !== messageBytes)
            throw new Error("not there");
      }
    });
    await root.close();
    return rate;
  });
}

function withBus<T>(body: (bus: Bus) => Promise<T>): Promise<T> {
  return inDirectory(async (dataDir) => {
    const bus = await openEmbeddedBus({
      dataDir,
      topics: [{ name: "bench", partitions }],
      durability: "process",
      retentionMs: 3_600_000,
      retentionBytes: 2_000_000_000,
      log: pino({ level: "silent" }),
    });
    try {
      return await body(bus);
    } finally {
      await bus.close();
    }
  });
}

const batchOf = (number: number): OutgoingMessage[] =>
  Array.from({ length: batch }, (_, index) => ({
    topic: "bench",
    key: `camera-${index}`,
    partition: (number * batch + index) % partitions,
    value,
  }));

const produceOnly = (): Promise<number> =>
  withBus((bus) =>
    perSecond(count, async () => {
      for (let number = 0; number < batches; number++) await bus.produce(batchOf(number));
    }),
  );

const wholeWay = (): Promise<number> =>
  withBus(async (bus) => {
    let acknowledged = 0;
    let allDone = () => {};
    const done = new Promise<void>((resolve) => {
      allDone = resolve;
    });
    const consumer = await bus.consume({
      group: "bench",
      topics: ["bench"],
      deliver(delivery) {
        delivery.acknowledge();
        if (++acknowledged === count) allDone();
      },
    });
    const rate = await perSecond(count, async () => {
      for (let number = 0; number < batches; number++) await bus.produce(batchOf(number));
      await done;
    });
    await consumer.stop();
    return rate;
  });

/** One message at a time: from produce() to its delivery, ms. */
const latency = (): Promise<{ p50: number; p99: number }> =>
  withBus(async (bus) => {
    const samples: number[] = [];
    let delivered = () => {};
    const consumer = await bus.consume({
      group: "bench",
      topics: ["bench"],
      deliver(delivery) {
        delivery.acknowledge();
        delivered();
      },
    });
    for (let number = 0; number < 500; number++) {
      const started = performance.now();
      const arrived = new Promise<void>((resolve) => {
        delivered = resolve;
      });
      await Promise.all([bus.produce([{ topic: "bench", key: "camera", value }]), arrived]);
      samples.push(performance.now() - started);
    }
    await consumer.stop();
    samples.sort((a, b) => a - b);
    return {
      p50: samples[Math.floor(samples.length * 0.5)]!,
      p99: samples[Math.floor(samples.length * 0.99)]!,
    };
  });

async function compare(
  name: string,
  lmdb: () => Promise<number>,
  bus: () => Promise<number>,
): Promise<Figure> {
  const best = { lmdb: 0, bus: 0 };
  // Turn about, so that a busy minute of the machine hits both.
  for (let round = 0; round < rounds; round++) {
    best.lmdb = Math.max(best.lmdb, await lmdb());
    best.bus = Math.max(best.bus, await bus());
  }
  return { name, ...best, ratio: best.bus / best.lmdb };
}

const figures = [
  await compare("produce against put", () => bareLmdb(false), produceOnly),
  await compare("produce, consume, acknowledge against put, get", () => bareLmdb(true), wholeWay),
];
const latencyMs = await latency();

if (process.argv.includes("--json")) {
  console.log(JSON.stringify({ messageBytes, batch, count, figures, latencyMs }));
} else {
  const table = new Table({ head: ["", "bare LMDB, messages/s", "bus, messages/s", "ratio"] });
  for (const { name, lmdb, bus, ratio } of figures)
    table.push([name, Math.round(lmdb), Math.round(bus), ratio.toFixed(2)]);
  console.log(table.toString());
  console.log(
    `one message, produce to delivery: p50 ${latencyMs.p50.toFixed(1)} ms, p99 ${latencyMs.p99.toFixed(1)} ms`,
  );
}
