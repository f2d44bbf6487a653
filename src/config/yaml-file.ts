import { existsSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { type Document, isMap, isNode, isScalar, LineCounter, parseDocument, visit } from "yaml";
import { messageOf, TmonError } from "../errors.ts";
import { fillVariables, type Path, showPath, type UnsetVariable } from "./variables.ts";

/** One configuration file as it was read. */
export interface YamlFile {
  readonly name: string;
  readonly path: string;
  /** `${VAR}` filled in; a key without a value is as if absent. */
  readonly data: unknown;
  /** Variables that are not set where that was tolerated. */
  readonly unset: readonly UnsetVariable[];
  /** "tmon.yaml:12", the line of the deepest part of the path that is there. */
  placeOf(path: Path): string;
}

/**
 * Reads a file of the configuration directory; undefined when there is none.
 * An unset variable is an error, unless `tolerate` takes it: the value is then left as it stands.
 * @throws TmonError TMON_CONFIG_SYNTAX, TMON_CONFIG_VARIABLE, TMON_CONFIG_NOT_FOUND
 */
export function readYamlFile(
  directory: string,
  name: string,
  env: NodeJS.ProcessEnv,
  tolerate: (unset: UnsetVariable) => boolean = () => false,
): YamlFile | undefined {
  const path = join(directory, name);
  if (!existsSync(path)) return undefined;
  const lines = new LineCounter();
  const document = parseDocument(readText(path), { lineCounter: lines });
  const lineOf = (offset: number) => lines.linePos(offset);

  const [error] = [...document.errors, ...danglingAliases(document)];
  if (error) {
    const { line, col } = lineOf(error.pos[0]);
    throw new TmonError(
      "TMON_CONFIG_SYNTAX",
      `${path}:${line}:${col} is not valid YAML: ${error.message.split("\n")[0]?.replace(/ at line .*$/, "")}`,
      "mend that line; indentation is by spaces, and every bracket and quote needs its partner",
    );
  }

  const placeOf = (of: Path) => `${basename(path)}:${lineOf(offsetOf(document, of)).line}`;
  const unset = fillVariables(document, env);
  const missed = unset.find((variable) => !tolerate(variable));
  if (missed) {
    throw new TmonError(
      "TMON_CONFIG_VARIABLE",
      `${placeOf(missed.path)}: ${showPath(missed.path)} names the variable ${missed.name}, which is not set`,
      `set ${missed.name} in the environment, or write the value itself`,
    );
  }
  return { name: basename(path), path, data: document.toJS({ reviver: withoutEmpty }) ?? {}, unset, placeOf };
}

/** A section whose keys are all commented out is no section. */
function withoutEmpty(this: unknown, _key: unknown, value: unknown): unknown {
  return value === null && !Array.isArray(this) ? undefined : value;
}

/** A text that begins with * and stands in no quotes; it may be a password, and is not shown. */
function danglingAliases(document: Document): { pos: [number, number]; message: string }[] {
  const found: { pos: [number, number]; message: string }[] = [];
  visit(document, {
    Alias(_, node) {
      const at = node.range?.[0] ?? 0;
      if (!node.resolve(document))
        found.push({ pos: [at, at], message: "a text that begins with * needs quotes" });
    },
  });
  return found;
}

function readText(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    throw new TmonError(
      "TMON_CONFIG_NOT_FOUND",
      `${path} cannot be read: ${messageOf(error)}`,
      "give this user the right to read it",
      {
        cause: error,
      },
    );
  }
}

function offsetOf(document: Document, path: Path): number {
  for (let length = path.length; length > 0; length--) {
    const parent = document.getIn(path.slice(0, length - 1), true) ?? document.contents;
    const key = path[length - 1];
    const pair = isMap(parent)
      ? parent.items.find((item) => isScalar(item.key) && item.key.value === key)
      : undefined;
    if (pair && isNode(pair.key)) return pair.key.range?.[0] ?? 0;
    const node = document.getIn(path.slice(0, length), true);
    if (isNode(node)) return node.range?.[0] ?? 0;
  }
  return 0;
}
