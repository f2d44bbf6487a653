import { distance } from "fastest-levenshtein";
import { TmonError } from "../../errors.ts";
import { noObservations } from "../report/observations.ts";
import { makeReport, type Report } from "../report/report.ts";

/** One objective: a figure of the report against a number. */
export interface Slo {
  expression: string;
  path: string;
  bound: number;
  passes(actual: number): boolean;
}

const comparisons: Record<string, (actual: number, bound: number) => boolean> = {
  "<": (actual, bound) => actual < bound,
  "<=": (actual, bound) => actual <= bound,
  ">": (actual, bound) => actual > bound,
  ">=": (actual, bound) => actual >= bound,
  "=": (actual, bound) => actual === bound,
};

/** "endToEndMs.p95<2000,lag.max<1000". @throws TmonError TMON_USAGE */
export function parseSlo(text: string): Slo[] {
  return text.split(",").map((part) => {
    const expression = part.trim();
    const [, path = "", comparison = "", bound = ""] =
      /^([A-Za-z0-9.]+)\s*(<=|>=|<|>|=)\s*(-?\d+(?:\.\d+)?)$/.exec(expression) ?? [];
    const compare = comparisons[comparison];
    if (!compare) {
      const todo =
        "write FIGURE<NUMBER, with <, <=, >, >= or =, several with commas: endToEndMs.p95<2000,lost=0";
      throw new TmonError("TMON_USAGE", `--slo: "${expression}" is no objective`, todo);
    }
    if (!figures.has(path)) {
      const todo = `did you mean ${nearestFigure(path)}? docs/guide.md has them all; several stand with commas`;
      throw new TmonError("TMON_USAGE", `--slo: the report has no figure ${path}`, todo);
    }
    return { expression, path, bound: Number(bound), passes: (actual) => compare(actual, Number(bound)) };
  });
}

/** A part of a name is nearer than any whole one that is spelt alike. */
function nearestFigure(typed: string): string {
  const words = typed.toLowerCase();
  const holding = [...figures].filter((figure) => figure.toLowerCase().includes(words));
  const candidates = words !== "" && holding.length > 0 ? holding : [...figures];
  const far = (figure: string) => distance(figure.toLowerCase(), words);
  // "endToEndMs" names four: people mean what nearly all are held to.
  const [nearest] = candidates.toSorted((a, b) => far(a) - far(b) || rank(a) - rank(b));
  return nearest as string;
}

const rank = (figure: string) => (figure === "endToEndMs.p95" ? 0 : figure.endsWith(".p95") ? 1 : 2);

/** What was not measured does not pass. */
export function judge(objectives: readonly Slo[], report: Report): Report["slo"] {
  const measured = new Map(figuresOf(report));
  return objectives.map(({ expression, path, passes }) => {
    const actual = measured.get(path) ?? null;
    return { expression, actual, passed: actual !== null && passes(actual) };
  });
}

/** The report's numbers by their paths; null where nothing was measured. */
function figuresOf(value: unknown, path: readonly string[] = []): [string, number | null][] {
  if (path.length > 0 && (value === null || typeof value === "number")) return [[path.join("."), value]];
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) => figuresOf(inner, [...path, name]));
}

const nothing = { max: 0, final: 0 };
const empty = makeReport(noObservations(), {
  run: { version: "", bus: "", store: "", model: "", vlm: "", simulated: false, cores: 0, node: "" },
  ...{ startedAt: 0, endedAt: 0, unreadLost: 0, drained: true, incomplete: "" },
  ...{ cameras: { configured: 0, live: 0 }, frames: { processed: 0, dropped: 0 } },
  ...{ lag: nothing, process: { cpuSeconds: 0, maxRssBytes: 0 } },
});
const figures = new Set(figuresOf({ ...empty, schemaVersion: undefined, run: {} }).map(([path]) => path));
