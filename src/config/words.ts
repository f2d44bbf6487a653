import { TmonError } from "../errors.ts";

/** One of the words a flag or a variable may be. @throws TmonError TMON_USAGE */
export function oneOf<Word extends string>(words: readonly Word[], text: string, where: string): Word {
  const word = words.find((each) => each === text);
  if (word !== undefined) return word;
  throw new TmonError("TMON_USAGE", `${where} is "${text}"`, `say one of ${words.join(", ")}`);
}

/** What %XX stand for in it are characters. */
export function isDecodable(text: string): boolean {
  try {
    decodeURIComponent(text);
    return true;
  } catch {
    return false;
  }
}

/** The words of "a, b". */
export function splitList(text: string): string[] {
  return text.split(",").flatMap((part) => part.trim() || []);
}
