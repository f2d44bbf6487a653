import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { readDuration } from "../../config/units.ts";
import { messageOf } from "../../errors.ts";

/** Always the same, drawn from a lognormal distribution, or one after another from a trace; ms. */
export type Latency =
  | number
  | { median: number; sigma: number }
  | { mean: number; sigma: number }
  | { trace: readonly number[] };

/** Latencies one after another. A trace begins anywhere and goes round, so that keys do not keep step. */
export function createLatency(latency: Latency, random: () => number): () => number {
  if (typeof latency === "number") return () => latency;
  if ("trace" in latency) {
    let next = Math.floor(random() * latency.trace.length);
    return () => latency.trace[next++ % latency.trace.length] ?? 0;
  }
  const { sigma } = latency;
  // The mean of a lognormal distribution is its median times exp(sigma² / 2).
  const median = "median" in latency ? latency.median : latency.mean * Math.exp(-(sigma ** 2) / 2);
  return () => median * Math.exp(sigma * normal(random));
}

/** Source: Box and Muller, "A Note on the Generation of Random Normal Deviates", 1958. */
function normal(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

export class NoLatency extends Error {
  override readonly name = "NoLatency";
}

/** What can be written for a latency. */
export const latencyForms = "800ms, lognormal:1s,0.5 (median, sigma), lognormal:mean=1s,0.5 or trace:FILE";

/**
 * A latency as a person writes it. A trace has a number of milliseconds a line.
 * @param directory what the trace's name is relative to
 * @throws NoLatency, whose message goes on after "which"
 */
export function readLatency(text: string, directory: string): Latency {
  const [, kind, rest = ""] = /^(lognormal|trace):(.*)$/.exec(text.trim()) ?? [];
  if (kind === "trace") return { trace: readTrace(resolve(directory, rest)) };
  if (kind === "lognormal") return readLognormal(rest);
  const ms = readDuration(text);
  if (ms === undefined) throw new NoLatency("is not a duration");
  return ms;
}

function readLognormal(text: string): Latency {
  const [, mean, time = "", sigma = ""] = /^(mean=)?([^,]+),\s*(\d+(?:\.\d+)?)$/.exec(text) ?? [];
  const ms = readDuration(time);
  if (ms === undefined) throw new NoLatency("is not a median and a sigma");
  return mean === undefined ? { median: ms, sigma: Number(sigma) } : { mean: ms, sigma: Number(sigma) };
}

function readTrace(path: string): number[] {
  const lines = readText(path)
    .split("\n")
    .map((line) => line.trim())
    .filter(Boolean);
  const wrong = lines.find((line) => !/^\d+(\.\d+)?$/.test(line));
  if (wrong !== undefined) throw new NoLatency(`has the line "${wrong}", not a number of milliseconds`);
  if (lines.length === 0) throw new NoLatency("is an empty file");
  return lines.map(Number);
}

function readText(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    throw new NoLatency(`cannot be read: ${messageOf(error)}`);
  }
}
