import type { Bus, ReceivedMessage } from "../../bus/bus.ts";
import type { Config } from "../../config/config.ts";
import { type LetterFacts, readLetterHeaders } from "../../messages/dead-letter.ts";

/** A message of `dead-letters`: the original bytes, and what was wrong with them. */
export interface Letter extends LetterFacts {
  message: ReceivedMessage;
}

export interface LetterPlace {
  partition: number;
  offset: number;
}

/** What is listed of the letters that several groups wrote of one message, or one group twice: the first's facts. */
export interface LetterSummary extends Omit<LetterFacts, "group">, LetterPlace {
  timestamp: number;
  key: string;
  bytes: number;
  groups: string[];
  /** As nameOf says. */
  name: string;
}

export interface LetterOptions {
  bus: Bus;
  config: Pick<Config, "topics">;
  signal: AbortSignal;
}

/**
 * The same for all letters of one message; with its time, so that a message of a topic that was made anew is another
 * one. A letter that names no source stands for itself.
 */
export function nameOf({ message, source }: Letter): string {
  const { topic, partition, offset, timestamp } = source.topic === "" ? message : source;
  return `${topic}/${partition}:${offset}:${timestamp}`;
}

export const letterOf = (message: ReceivedMessage): Letter => ({
  message,
  ...readLetterHeaders(message.headers),
});

/** All letters there are now, or those of one error code. */
async function* readLetters({ bus, config, signal }: LetterOptions, code?: string): AsyncGenerator<Letter> {
  const topics = [config.topics["dead-letters"].name];
  for await (const message of bus.read({ topics, from: "earliest", untilEnd: true, signal })) {
    const letter = letterOf(message);
    if (code === undefined || letter.code === code) yield letter;
  }
}

/** The first letter of each message that could not be read, of one error code or all. */
export async function* firstLetters(options: LetterOptions, code?: string): AsyncGenerator<Letter> {
  const seen = new Set<string>();
  for await (const letter of readLetters(options, code)) {
    const name = nameOf(letter);
    if (!seen.has(name)) yield letter;
    seen.add(name);
  }
}

/** One for each message that could not be read, the oldest first. */
export async function summarizeLetters(options: LetterOptions, code?: string): Promise<LetterSummary[]> {
  const summaries = new Map<string, LetterSummary>();
  for await (const letter of readLetters(options, code)) {
    const name = nameOf(letter);
    const known = summaries.get(name);
    if (known === undefined) summaries.set(name, summaryOf(letter));
    else if (!known.groups.includes(letter.group)) known.groups.push(letter.group);
  }
  return [...summaries.values()];
}

function summaryOf(letter: Letter): LetterSummary {
  const { message, group, ...facts } = letter;
  const { partition, offset, timestamp, key, value } = message;
  const name = nameOf(letter);
  return { ...facts, name, groups: [group], partition, offset, timestamp, key, bytes: value.length };
}

/** Undefined if retention has removed it, or it was never there. */
export async function findLetter(
  { bus, config, signal }: LetterOptions,
  { partition, offset }: LetterPlace,
): Promise<Letter | undefined> {
  const topics = [config.topics["dead-letters"].name];
  for await (const message of bus.read({ topics, partition, from: { offset }, untilEnd: true, signal }))
    return message.offset === offset ? letterOf(message) : undefined;
  return undefined;
}
