import { distance } from "fastest-levenshtein";
import { TmonError } from "../errors.ts";
import { redactValue } from "./redact.ts";

export const scenes = ["junction", "highway", "zebra", "roundabout"] as const;
export type SceneName = (typeof scenes)[number];

export const weathers = ["day", "dusk", "night", "rain"] as const;
export type Weather = (typeof weathers)[number];

/** A rendered camera: equal ones have equal pixels. */
export interface SimulatedCamera {
  readonly scene: SceneName;
  /** Of everything that is left to chance, the camera's place included. */
  readonly seed: number;
  readonly weather: Weather;
}

const options = ["seed", "weather"] as const;
export const mostSeed = 2 ** 32 - 1;

/**
 * Reads what follows `sim:`: `SCENE?seed=N&weather=W`. Without a seed it is 1, without a weather it is day.
 * @throws TmonError TMON_SOURCE_UNSUPPORTED
 */
export function parseSimulatedCamera(text: string): SimulatedCamera {
  const [scene = "", query = ""] = text.split(/\?(.*)/s);
  const given = new URLSearchParams(query);
  for (const name of given.keys()) {
    oneOf(options, name, "option");
    if (given.getAll(name).length > 1) throw wrong(`says ${name} twice`, `say it once`);
  }
  return {
    scene: oneOf(scenes, scene, "scene"),
    seed: readSeed(given.get("seed") ?? "1"),
    weather: oneOf(weathers, given.get("weather") ?? "day", "weather"),
  };
}

function readSeed(text: string): number {
  if (/^\d{1,10}$/.test(text) && Number(text) <= mostSeed) return Number(text);
  throw wrong(`has the seed "${redactValue(text)}"`, `give a whole number from 0 to ${mostSeed}`);
}

function oneOf<Word extends string>(words: readonly Word[], text: string, what: string): Word {
  const word = words.find((each) => each === text);
  if (word !== undefined) return word;
  const nearest = words.toSorted((a, b) => distance(a, text) - distance(b, text))[0]!;
  const near = distance(nearest, text) <= Math.max(2, text.length / 3) ? `did you mean ${nearest}? ` : "";
  throw wrong(
    text === "" ? `names no ${what}` : `has no ${what} "${redactValue(text)}"`,
    `${near}known here: ${words.join(", ")}`,
  );
}

function wrong(what: string, todo: string): TmonError {
  return new TmonError("TMON_SOURCE_UNSUPPORTED", `a simulated camera ${what}`, todo);
}
