import { valueAt } from "./check-file.ts";
import { Secret } from "./secret.ts";
import type { Path } from "./variables.ts";
import { splitList } from "./words.ts";
import type { YamlFile } from "./yaml-file.ts";

/** A value and where it came from. */
export interface Candidate<T> {
  value: T;
  source: string;
}

/** Where each value came from, by its key in the files' words. */
export type Provenance = ReadonlyMap<string, { value: unknown; source: string }>;

/** Takes the first candidate that is there and remembers where it came from. */
export function createChooser() {
  const provenance = new Map<string, { value: unknown; source: string }>();

  function choose<T>(key: string, ...candidates: [...(Candidate<T> | undefined)[], Candidate<T>]): T {
    const chosen = candidates.find((candidate) => candidate !== undefined) as Candidate<T>;
    provenance.set(key, chosen);
    return chosen.value;
  }
  return { choose, provenance: provenance as Provenance };
}
export type Choose = ReturnType<typeof createChooser>["choose"];

export function byDefault<T>(value: T): Candidate<T> {
  return { value, source: "default" };
}

export function fromFlag<T>(name: string, value: T | undefined): Candidate<T> | undefined {
  return value === undefined ? undefined : { value, source: `flag --${name}` };
}

export function fromEnvironment(env: NodeJS.ProcessEnv, name: string): Candidate<string> | undefined {
  const value = env[name];
  return value === undefined || value.trim() === "" ? undefined : { value, source: `environment ${name}` };
}

/** Comma separated; a list without entries is as if unset. */
export function listFromEnvironment(env: NodeJS.ProcessEnv, name: string): Candidate<string[]> | undefined {
  const list = map(fromEnvironment(env, name), splitList);
  return list && list.value.length > 0 ? list : undefined;
}

/** `data` is the file after its check, in tmon's units; `file` knows the lines. */
export function fromFile<T>(file: YamlFile | undefined, data: unknown, path: Path): Candidate<T> | undefined {
  const value = valueAt(data, path) as T | undefined | null;
  return file === undefined || value === undefined || value === null
    ? undefined
    : { value, source: file.placeOf(path) };
}

export function map<T, U>(
  candidate: Candidate<T> | undefined,
  change: (value: T) => U,
): Candidate<U> | undefined {
  return candidate && { ...candidate, value: change(candidate.value) };
}

export function secret(candidate: Candidate<string> | undefined): Candidate<Secret> | undefined {
  return map(candidate, (value) => new Secret(value));
}
