import { setTimeout as delay } from "node:timers/promises";
import type { Config } from "../config/config.ts";
import { pipelineTopics } from "../messages/topics.ts";
import { measureLag, type TopicLag, worstGroup } from "../runtime/lag.ts";
import { counted } from "./counted.ts";
import { formatTable, say, writeLine } from "./output.ts";
import { lookInto } from "./reading.ts";
import { formatAge } from "./time.ts";

export interface LagOptions {
  /** Ends with 1 if a group has more to do. */
  max?: number | undefined;
  /** Every partition, also those with nothing to do. */
  partitions: boolean;
  /** Looks again every second until a signal; `max` then judges the last look. */
  watch: boolean;
  output: string;
}

const lookEveryMs = 1000;

/** `tmon lag`: what each group has still to do, once or again and again. */
export async function showLag(config: Config, options: LagOptions): Promise<void> {
  const { max, watch, output } = options;
  // Of a topic that is missing nobody can say that there is little to do.
  const needs = max === undefined ? [] : pipelineTopics;
  await lookInto(config, { waits: watch, endless: watch, needs }, async ({ bus, signal }) => {
    let lags = await measureLag(config, bus);
    const show = () =>
      output === "json"
        ? writeLine(JSON.stringify(lagJson(lags)))
        : showScreen(screenOf(lags, options), watch);
    await show();
    while (watch && !signal.aborted) {
      await delay(lookEveryMs, undefined, { signal }).catch(() => {});
      if (signal.aborted) break;
      lags = await measureLag(config, bus);
      await show();
    }
    const worst = worstGroup(lags);
    if (max === undefined || worst.lag <= max) return;
    say(`tmon: ${worst.group} has ${counted(worst.lag, "message")} to do, more than ${max}`);
    process.exitCode = 1;
  });
}

/** Times as ISO 8601, ages in ms, what is not there as null. */
function lagJson(lags: readonly TopicLag[]): object {
  const now = Date.now();
  const ageOf = (since: number | undefined) => (since === undefined ? null : Math.max(0, now - since));
  return {
    at: new Date(now).toISOString(),
    worst: worstGroup(lags),
    groups: lags.map(({ group, topic, lag, unreadSince, partitions }) => ({
      group,
      topic,
      lag: partitions.length === 0 ? null : lag,
      oldestUnreadMs: ageOf(unreadSince),
      partitions: partitions.map((of) => ({
        partition: of.partition,
        earliest: of.earliest,
        committed: of.watermark,
        end: of.end,
        lag: of.lag,
        oldestUnreadMs: ageOf(of.unreadSince),
      })),
    })),
  };
}

/** The groups first: whether anything is wrong. Below it the partitions with something to do: where. */
function screenOf(lags: readonly TopicLag[], { partitions }: LagOptions): string {
  const now = Date.now();
  const age = (since: number | undefined) => (since === undefined ? "-" : formatAge(now - since));
  const totals = formatTable(
    ["GROUP", "TOPIC", "LAG", "OLDEST UNREAD"],
    lags.map(({ group, topic, lag, unreadSince, partitions: of }) => {
      return [group, topic, of.length === 0 ? "missing" : String(lag), age(unreadSince)];
    }),
  );
  const rows = lags.flatMap((of) =>
    of.partitions
      .filter(({ lag }) => partitions || lag > 0)
      .map(({ partition, watermark, end, lag, unreadSince }) =>
        [of.group, of.topic, partition, watermark, end, lag, age(unreadSince)].map(String),
      ),
  );
  if (rows.length === 0) return totals;
  const head = ["GROUP", "TOPIC", "PARTITION", "COMMITTED", "END", "LAG", "OLDEST UNREAD"];
  return `${totals}\n\n${formatTable(head, rows)}`;
}

/** On a terminal a watched table stays in its place, cut where the screen ends; elsewhere one follows the other. */
async function showScreen(screen: string, watch: boolean): Promise<void> {
  if (!watch) return writeLine(screen);
  if (!process.stdout.isTTY) return writeLine(`${screen}\n`);
  const lines = screen.split("\n").slice(0, Math.max(1, process.stdout.rows - 1));
  await writeLine(`\x1b[H\x1b[2J${lines.join("\n")}`);
}
