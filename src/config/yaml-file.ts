import { existsSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { type Document, isMap, isNode, isPair, isScalar, LineCounter, parseDocument, visit } from "yaml";
import { messageOf, TmonError } from "../errors.ts";

export type Path = readonly (string | number)[];

/** One configuration file as it was read. */
export interface YamlFile {
  readonly name: string;
  readonly path: string;
  /** `${VAR}` filled in. */
  readonly data: unknown;
  /** "tmon.yaml:12", the line of the deepest part of the path that is there. */
  placeOf(path: Path): string;
}

/** A `${VAR}` that is not set. */
export interface UnsetVariable {
  path: Path;
  name: string;
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

  const [error] = document.errors;
  if (error) {
    const { line, col } = lineOf(error.pos[0]);
    throw new TmonError(
      "TMON_CONFIG_SYNTAX",
      `${path}:${line}:${col} is not valid YAML: ${error.message.split("\n")[0]?.replace(/ at line .*$/, "")}`,
      "mend that line; indentation is by spaces, and every bracket and quote needs its partner",
    );
  }

  const placeOf = (of: Path) => `${basename(path)}:${lineOf(offsetOf(document, of)).line}`;
  fillVariables(document, env, (unset) => {
    if (tolerate(unset)) return;
    throw new TmonError(
      "TMON_CONFIG_VARIABLE",
      `${placeOf(unset.path)}: ${unset.path.join(".")} names the variable ${unset.name}, which is not set`,
      `set ${unset.name} in the environment, or write the value itself`,
    );
  });
  return { name: basename(path), path, data: document.toJS() ?? {}, placeOf };
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

function fillVariables(
  document: Document,
  env: NodeJS.ProcessEnv,
  unset: (variable: UnsetVariable) => void,
): void {
  visit(document, {
    Scalar(_, node, ancestors) {
      if (typeof node.value !== "string" || !node.value.includes("${")) return;
      node.value = node.value.replace(/\$\{([A-Za-z_][A-Za-z0-9_]*)\}/g, (written, name: string) => {
        const value = env[name];
        if (value !== undefined) return value;
        unset({ path: pathOf([...ancestors, node]), name });
        return written;
      });
    },
  });
}

/** The keys and indices that lead to the last of the nodes. */
function pathOf(nodes: readonly unknown[]): Path {
  return nodes.flatMap((node, index): (string | number)[] => {
    if (isPair(node)) return isScalar(node.key) ? [String(node.key.value)] : [];
    const parent = nodes[index - 1];
    const items = (parent as { items?: unknown[] } | undefined)?.items;
    return !isMap(parent) && items ? [items.indexOf(node)] : [];
  });
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
