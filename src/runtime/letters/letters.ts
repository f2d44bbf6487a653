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

export interface LetterOptions {
  bus: Bus;
  config: Pick<Config, "topics">;
  signal: AbortSignal;
}

const letterOf = (message: ReceivedMessage): Letter => ({ message, ...readLetterHeaders(message.headers) });

/** All letters there are now, or those of one error code. */
export async function* readLetters(
  { bus, config, signal }: LetterOptions,
  code?: string | undefined,
): AsyncGenerator<Letter> {
  const topics = [config.topics["dead-letters"].name];
  for await (const message of bus.read({ topics, from: "earliest", untilEnd: true, signal })) {
    const letter = letterOf(message);
    if (code === undefined || letter.code === code) yield letter;
  }
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
