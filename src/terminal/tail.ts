import type { Bus, ReadFrom, ReceivedMessage } from "../bus/bus.ts";
import type { Config } from "../config/config.ts";
import { parseDuration } from "../config/units.ts";
import { TmonError } from "../errors.ts";
import { type TopicId, topicIds } from "../messages/topics.ts";
import { counted } from "./counted.ts";
import { describeMessage, messageJson } from "./message-line.ts";
import { say, writeLine } from "./output.ts";
import { openPictureFiles } from "./picture-files.ts";
import { lookInto } from "./reading.ts";
import { topicNamed } from "./topic-named.ts";

export interface TailOptions {
  topic?: string | undefined;
  all: boolean;
  from?: string | undefined;
  since?: string | undefined;
  last?: number | undefined;
  untilEnd: boolean;
  camera?: string | undefined;
  partition?: number | undefined;
  /** Directory the messages' pictures are written to. */
  images?: string | undefined;
  output: string;
}

/** Prints messages of a topic or of all, one a line, without touching any group; until a signal, or the end. */
export async function tail(config: Config, options: TailOptions): Promise<void> {
  const { all, untilEnd, camera, partition, images, output } = options;
  const topics = wantedTopics(options);
  const from = startOf(options, Date.now());
  const idOf = new Map(topics.map((id) => [config.topics[id].name, id]));
  await lookInto(
    config,
    { waits: !untilEnd, endless: true, needs: all ? [] : topics },
    async ({ bus, signal }) => {
      const names = [...idOf.keys()];
      if (partition !== undefined) await requirePartition(bus, names, partition);
      const offsets = await bus.describeTopics(names);
      if (offsets.every(({ earliest, end }) => earliest === end))
        say(`tmon: no message is there${untilEnd ? "" : " yet; waiting for one"}`);
      const pictures = images === undefined ? undefined : await openPictureFiles(images);
      const place = partition === undefined ? {} : { partition };
      for await (const message of bus.read({ topics: names, from, untilEnd, signal, ...place })) {
        if (camera !== undefined && cameraOf(message) !== camera) continue;
        await pictures?.add(message);
        const topic = idOf.get(message.topic) as TopicId;
        await writeLine(
          output === "json" ? messageJson(message) : describeMessage(topic, message, config, { named: all }),
        );
      }
      if (pictures) say(`tmon: ${counted(pictures.written(), "picture")} written to ${images}`);
    },
  );
}

function wantedTopics({ topic, all }: TailOptions): readonly TopicId[] {
  if (topic !== undefined && !all) return [topicNamed(topic)];
  if (topic === undefined && all) return topicIds;
  throw new TmonError(
    "TMON_USAGE",
    all ? "--all is every topic, and one is named" : "no topic is named",
    `name one of ${topicIds.join(", ")}, or say --all`,
  );
}

/** @throws TmonError TMON_USAGE if no topic has the partition: it would be an empty answer for ever. */
export async function requirePartition(
  bus: Bus,
  topics: readonly string[],
  partition: number,
): Promise<void> {
  const numbers = (await bus.describeTopics(topics)).map((each) => each.partition);
  if (numbers.includes(partition)) return;
  throw new TmonError(
    "TMON_USAGE",
    `there is no partition ${partition}`,
    `name one from 0 to ${Math.max(...numbers)}`,
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
