import type { Bus } from "../bus/bus.ts";
import { undecodableHeader } from "../bus/bus.ts";
import { requireSharedStore } from "../config/checks.ts";
import type { Config } from "../config/config.ts";
import { errors, TmonError } from "../errors.ts";
import type { TopicId } from "../messages/topics.ts";
import {
  findLetter,
  firstLetters,
  type Letter,
  type LetterPlace,
  type LetterSummary,
  summarizeLetters,
} from "../runtime/letters/letters.ts";
import { type ReplayOutcome, replay, replayTimes } from "../runtime/letters/replay.ts";
import { askStore, withStore } from "./ask-store.ts";
import { counted } from "./counted.ts";
import { describeLetter, keyText } from "./letter-text.ts";
import { messageJson } from "./message-line.ts";
import { formatTable, printable, say, writeLine } from "./output.ts";
import { type Looking, lookInto } from "./reading.ts";
import { requirePartition } from "./tail.ts";
import { formatAge } from "./time.ts";

const briefly = { waits: false, endless: false };
const needs: readonly TopicId[] = ["dead-letters"];

/** `tmon dlq list`: one line for each message that could not be read, the oldest first. */
export async function listLetters(
  config: Config,
  { code, output }: { code?: string | undefined; output: string },
): Promise<void> {
  requireCode(code);
  await lookInto(config, { ...briefly, needs }, async (looking) => {
    const times = await askStore(config, looking, "what was replayed", replayTimes);
    const letters = await summarizeLetters({ config, ...looking }, code);
    if (letters.length === 0) say(`tmon: ${noLetters(code)}`);
    const replayedAt = ({ name }: LetterSummary) => times?.get(name) ?? null;
    if (output === "json") {
      for (const letter of letters)
        await writeLine(JSON.stringify({ ...letterJson(letter), replayed: replayedAt(letter) }));
    } else if (letters.length > 0) {
      const isReplayed = (letter: LetterSummary) => (replayedAt(letter) === null ? "no" : "yes");
      const head = ["LETTER", "AGE", "SOURCE", "READ BY", "CODE", "BYTES", "REPLAYED", "MESSAGE"];
      const rows = letters.map((letter) => rowOf(letter, times === undefined ? "?" : isReplayed(letter)));
      await writeLine(formatTable(head, rows, process.stdout.columns, head.length - 1));
    }
  });
}

const noLetters = (code?: string) => `there are no dead letters${code === undefined ? "" : ` of ${code}`}`;

function letterJson({
  partition,
  offset,
  timestamp,
  key,
  source,
  groups,
  code,
  reason,
  bytes,
}: LetterSummary) {
  return { partition, offset, timestamp, key, source, groups, code, message: reason, bytes };
}

function rowOf(letter: LetterSummary, replayed: string): string[] {
  const { partition, offset, timestamp, source, groups, code, reason, bytes } = letter;
  return [
    `${partition}:${offset}`,
    formatAge(Date.now() - timestamp),
    printable(`${source.topic} ${source.partition}@${source.offset}`),
    printable(groups.join(", ")),
    printable(code),
    String(bytes),
    replayed,
    printable(reason),
  ];
}

/** `tmon dlq show`: one letter, its headers and what it holds; ends with 1 if it is not there. */
export async function showLetter(config: Config, place: string, output: string): Promise<void> {
  const at = placeNamed(place);
  await lookInto(config, { ...briefly, needs }, async (looking) => {
    const letter = await letterAt(config, looking, at);
    if (letter === undefined) return;
    await writeLine(output === "json" ? messageJson(letter.message) : describeLetter(letter, config));
  });
}

export interface ReplayFlags {
  letter?: string | undefined;
  all: boolean;
  code?: string | undefined;
  dryRun: boolean;
  output: string;
}

/** `tmon dlq replay`: puts letters back where they came from; ends with 1 if there are some and none could be. */
export async function replayLetters(config: Config, flags: ReplayFlags): Promise<void> {
  const { letter: named, all, code, dryRun, output } = flags;
  if (named === undefined ? !all : all || code !== undefined) throw eitherOneOrAll();
  requireCode(code);
  const at = named === undefined ? undefined : placeNamed(named);
  requireSharedStore(config);
  await lookInto(config, briefly, async (looking) => {
    const { bus, signal } = looking;
    const letters = at ? one(config, looking, at) : firstLetters({ config, ...looking }, code);
    await withStore(config, looking, async (store) => {
      let done = 0;
      let left = 0;
      for await (const letter of letters) {
        if (signal.aborted) break;
        const outcome = await replay({ bus, config, store, dryRun }, letter);
        if (outcome === "replayed" || outcome === "would-replay") done += 1;
        else left += 1;
        await writeLine(output === "json" ? outcomeJson(letter, outcome) : outcomeLine(letter, outcome));
      }
      if (all && done + left === 0) return say(`tmon: ${noLetters(code)}`);
      const verb = dryRun ? "would be replayed" : "replayed";
      say(`tmon: ${counted(done, "letter")} ${verb}${left > 0 ? `, ${left} left out` : ""}`);
      if (done === 0 && left > 0) process.exitCode ??= 1;
    });
  });
}

async function* one(config: Config, looking: Looking, at: LetterPlace): AsyncGenerator<Letter> {
  const letter = await letterAt(config, looking, at);
  if (letter) yield letter;
}

const outcomes: Record<ReplayOutcome, (letter: Letter) => string> = {
  replayed: ({ source, message }) => `replayed to ${source.topic}, ${keyText(message.key)}`,
  "would-replay": ({ source, message }) => `would be replayed to ${source.topic}, ${keyText(message.key)}`,
  "done-before": () => "left out: it was replayed before",
  busy: () => "left out: it is being replayed by another",
  "no-topic": ({ source }) => `left out: its source "${source.topic}" is no topic a message can go back to`,
  undecodable: ({ message }) =>
    `left out: it is the whole batch of offsets ${message.headers[undecodableHeader]}, and cannot be taken apart`,
};

function outcomeLine(letter: Letter, outcome: ReplayOutcome): string {
  const { partition, offset } = letter.message;
  return printable(`${partition}:${offset} ${outcomes[outcome](letter)}`);
}

function outcomeJson({ message, source }: Letter, outcome: ReplayOutcome): string {
  const { partition, offset, key } = message;
  return JSON.stringify({ partition, offset, outcome, topic: source.topic, key });
}

/** Undefined, said and exit 1 if it is not there. */
async function letterAt(config: Config, looking: Looking, at: LetterPlace): Promise<Letter | undefined> {
  const topic = config.topics["dead-letters"].name;
  await requirePartition(looking.bus, [topic], at.partition);
  const letter = await findLetter({ config, ...looking }, at);
  if (letter) return letter;
  say(`tmon: there is no letter ${at.partition}:${at.offset}; ${await holdingOf(looking.bus, topic, at)}`);
  process.exitCode ??= 1;
  return undefined;
}

async function holdingOf(bus: Bus, topic: string, { partition }: LetterPlace): Promise<string> {
  const { earliest = 0, end = 0 } =
    (await bus.describeTopics([topic])).find((of) => of.partition === partition) ?? {};
  return `partition ${partition} holds ${earliest < end ? `${earliest} to ${end - 1}` : "none"}`;
}

/** Also as `tmon tail dead-letters` writes it, 3@17. */
function placeNamed(text: string): LetterPlace {
  const [, partition, offset] = /^(\d{1,9})[:@](\d{1,15})$/.exec(text) ?? [];
  if (partition !== undefined) return { partition: Number(partition), offset: Number(offset) };
  throw new TmonError(
    "TMON_USAGE",
    `"${text}" is no letter's place`,
    "name it as PARTITION:OFFSET, such as 3:17; tmon dlq list shows them",
  );
}

function requireCode(code: string | undefined): void {
  if (code === undefined || Object.hasOwn(errors, code)) return;
  throw new TmonError(
    "TMON_USAGE",
    `there is no error code "${code}"`,
    "name one that tmon dlq list shows, such as TMON_MESSAGE_INVALID",
  );
}

function eitherOneOrAll(): TmonError {
  return new TmonError(
    "TMON_USAGE",
    "it is not clear which letters to replay",
    "name one as PARTITION:OFFSET, or say --all, with --code CODE for those of one code",
  );
}
