/**
 * tmon's bus on Kafka against bare kafkajs on the same broker: 30 KB messages, acks -1, the same sizes and waits.
 *
 *   batches   written in batches of 64, one after another
 *   singly    written one by one, 20 of them under way
 *   consume   read and committed every 250 ms, as the only member of a group
 *   latency   from the call that writes a message to its arrival, 100 a second, both sides at the same time
 *
 * Each side is a process of its own. Rounds take turns, so that a slow moment of the machine hits both; figures are
 * medians. A broker is started for it, and taken down at the end.
 *
 *   npm run build && node --import tsx bench/bus/kafka.ts [--rounds 5] [--json]
 */
import { parseArgs } from "node:util";
import Table from "cli-table3";
import { percentiles } from "../../src/runtime/report/percentiles.ts";
import { startBroker } from "../support/broker.ts";
import { median } from "./figures.ts";
import { type Side, startSide } from "./kafka/side.ts";
import { messageBytes } from "./kafka/trials.ts";

const { values: flags } = parseArgs({
  options: {
    rounds: { type: "string", default: "5" },
    json: { type: "boolean", default: false },
  },
});
const rounds = Number(flags.rounds);
const written = 3_000;
const singly = 1_500;
/** A second and more of reading: in less the compilers are what is measured. */
const read = 20_000;
const timed = 1_000;
const everyMs = 10;
const topics = ["written", "read", "latency-bare", "latency-tmon"];

interface Both {
  bare: number;
  tmon: number;
}

const broker = await startBroker();
try {
  for (const topic of topics) await broker.createTopic(topic);
  const sides = {
    bare: await startSide("bare", broker.address, topics),
    tmon: await startSide("tmon", broker.address, topics),
  };
  await sides.bare.run("batches", "read", read);

  /** A round before the first is for the broker's and the sides' compilers. */
  const inTurn = async (trial: (side: Side, group: string) => Promise<number>): Promise<Both[]> => {
    const figures: Both[] = [];
    for (let round = 0; round <= rounds; round++) {
      const bare = await trial(sides.bare, `bare-${round}`);
      figures.push({ bare, tmon: await trial(sides.tmon, `tmon-${round}`) });
    }
    return figures.slice(1);
  };
  const speeds = {
    batches: await inTurn((side) => side.run("batches", "written", written)),
    singly: await inTurn((side) => side.run("singly", "written", singly)),
    consume: await inTurn((side, group) => side.run("consume", "read", group, read)),
  };
  const latencies: { bare: Quantiles; tmon: Quantiles }[] = [];
  for (let round = 0; round < rounds; round++) {
    const timesOf = (side: "bare" | "tmon") =>
      sides[side].run("latency", `latency-${side}`, side, timed, everyMs);
    const [bare, tmon] = await Promise.all([timesOf("bare"), timesOf("tmon")]);
    latencies.push({ bare: quantilesOf(bare), tmon: quantilesOf(tmon) });
  }
  sides.bare.stop();
  sides.tmon.stop();
  print(speeds, latencies);
} finally {
  await broker.stop();
}

type Quantiles = Record<"p50" | "p99", number>;

function quantilesOf(samples: readonly number[]): Quantiles {
  const { p50, p99 } = percentiles(samples);
  return { p50: p50!, p99: p99! };
}

function print(
  speeds: Record<string, Both[]>,
  latencies: readonly { bare: Quantiles; tmon: Quantiles }[],
): void {
  const perSecond = Object.entries(speeds).map(([name, figures]) => ({
    name,
    bare: Math.round(median(figures.map(({ bare }) => bare))),
    tmon: Math.round(median(figures.map(({ tmon }) => tmon))),
    ratio: Number(median(figures.map(({ bare, tmon }) => tmon / bare)).toFixed(2)),
  }));
  const latencyMs = (["p50", "p99"] as const).map((name) => ({
    name,
    bare: median(latencies.map(({ bare }) => bare[name])),
    tmon: median(latencies.map(({ tmon }) => tmon[name])),
    added: Number(median(latencies.map(({ bare, tmon }) => tmon[name] - bare[name])).toFixed(1)),
  }));
  if (flags.json) {
    console.log(JSON.stringify({ messageBytes, rounds, perSecond, latencyMs }));
    return;
  }
  const table = new Table({ head: [`${messageBytes} bytes, ${rounds} rounds`, "bare kafkajs", "tmon", ""] });
  for (const { name, bare, tmon, ratio } of perSecond)
    table.push([`${name}, messages/s`, bare, tmon, `${ratio.toFixed(2)} of bare`]);
  for (const { name, bare, tmon, added } of latencyMs)
    table.push([`latency ${name}, ms`, bare, tmon, `${added} ms added`]);
  console.log(table.toString());
}
