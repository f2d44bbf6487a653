import { existsSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import type { ReadFrom, ReceivedMessage } from "../bus/bus.ts";
import { openBus } from "../bus/open.ts";
import type { Config } from "../config/config.ts";
import { parseDuration } from "../config/units.ts";
import { TmonError } from "../errors.ts";
import { type TopicId, topicIds } from "../messages/topics.ts";
import { releaseOnCrash } from "./crash.ts";
import { describeMessage, messageJson } from "./message-line.ts";
import { say, writeLine } from "./output.ts";
import { createTerminalLog } from "./settings.ts";

export interface TailOptions {
  topic: string;
  from?: string | undefined;
  since?: string | undefined;
  last?: number | undefined;
  untilEnd: boolean;
  camera?: string | undefined;
  output: string;
}

/** Prints a topic's messages, one a line, without touching any group; until a signal, or the end. */
export async function tail(config: Config, options: TailOptions): Promise<void> {
  const topic = topicNamed(options.topic);
  const from = startOf(options, Date.now());
  const interrupted = new AbortController();
  process.once("SIGINT", () => interrupted.abort());
  process.once("SIGTERM", () => interrupted.abort());

  if (!(await waitForData(config, options.untilEnd, interrupted.signal))) return;
  const bus = await openBus(config, createTerminalLog(config), interrupted.signal).catch((error) => {
    if (interrupted.signal.aborted) return undefined;
    throw error;
  });
  if (bus === undefined) return;
  const forget = releaseOnCrash(() => bus.close());
  try {
    const reading = {
      topics: [config.topics[topic].name],
      from,
      untilEnd: options.untilEnd,
      signal: interrupted.signal,
    };
    for await (const message of bus.read(reading)) {
      if (options.camera !== undefined && cameraOf(message) !== options.camera) continue;
      await writeLine(
        options.output === "json" ? messageJson(message) : describeMessage(topic, message, config),
      );
    }
  } finally {
    forget();
    await bus.close();
  }
}

const lookEveryMs = 200;

/** A reader makes no data directory: false if there is none and no time to wait for it. */
async function waitForData(
  { bus, dataDir }: Config,
  untilEnd: boolean,
  signal: AbortSignal,
): Promise<boolean> {
  const isThere = () => bus.kind !== "embedded" || existsSync(dataDir);
  if (isThere()) return true;
  say(`tmon: nothing has been written there yet${untilEnd ? "" : "; waiting for it"}`);
  while (!untilEnd && !signal.aborted && !isThere()) await delay(lookEveryMs);
  return isThere();
}

export function topicNamed(name: string): TopicId {
  const topic = topicIds.find((id) => id === name);
  if (topic) return topic;
  throw new TmonError(
    "TMON_TOPIC_UNKNOWN",
    `there is no topic "${name}"`,
    `name one of ${topicIds.join(", ")}`,
  );
}

/** Where to start; as `tail` does, with the last ten, or at the beginning when only what is there is wanted. */
function startOf({ from, since, last, untilEnd }: TailOptions, now: number): ReadFrom {
  if (last !== undefined) return { last };
  if (since !== undefined) return { time: now - parseDuration(since, "--since") };
  if (from === undefined) return untilEnd ? "earliest" : { last: 10 };
  if (from === "earliest" || from === "latest") return from;
  if (/^\d+$/.test(from)) return { offset: Number(from) };
  const time = Date.parse(from);
  if (!Number.isNaN(time)) return { time };
  throw new TmonError(
    "TMON_USAGE",
    `--from ${from} is no place in a topic`,
    "say earliest, latest, an offset, or a time such as 2026-11-23T08:00:00Z",
  );
}

/** Incidents are keyed by their own id: their camera stands in the message. */
function cameraOf(message: ReceivedMessage): string {
  try {
    const json = JSON.parse(message.value.toString("utf8")) as { cameraId?: string | number };
    return String(json.cameraId ?? message.key);
  } catch {
    return message.key;
  }
}
