import { type Document, isMap, isPair, isScalar, visit } from "yaml";

export type Path = readonly (string | number)[];

/** A path as messages and tables name it: api_keys[0].key */
export function showPath(path: Path): string {
  return path
    .map((part) => (typeof part === "number" ? `[${part}]` : `.${part}`))
    .join("")
    .replace(/^\./, "");
}

/** A `${VAR}` that is not set. */
export interface UnsetVariable {
  path: Path;
  name: string;
}

/** Fills in `${VAR}`; answers those that are not set, which are left as they stand. */
export function fillVariables(document: Document, env: NodeJS.ProcessEnv): UnsetVariable[] {
  const unset: UnsetVariable[] = [];
  visit(document, {
    Scalar(_, node, ancestors) {
      if (typeof node.value !== "string" || !node.value.includes("${")) return;
      node.value = node.value.replace(/\$\{([A-Za-z_][A-Za-z0-9_]*)\}/g, (written, name: string) => {
        const value = env[name];
        if (value !== undefined) return value;
        unset.push({ path: pathOf([...ancestors, node]), name });
        return written;
      });
    },
  });
  return unset;
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
