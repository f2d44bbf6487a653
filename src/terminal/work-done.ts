import type { Metrics } from "../observability/metrics.ts";
import type { RoleName } from "../runtime/role.ts";
import type { System } from "../runtime/system.ts";
import { counted } from "./counted.ts";

/** What the roles of a process did, as its last line says it: "12 tasks, 12 results (8 assessed, 4 failed), 0 open". */
export async function describeWork(
  { metrics, detector }: Pick<System, "metrics" | "detector">,
  roles: readonly RoleName[],
): Promise<string> {
  const { processed, dropped } = detector?.frames() ?? { processed: 0, dropped: 0 };
  const [tasks] = await counts(metrics.tasksGenerated);
  const [results, statuses] = await counts(metrics.tasksProcessed);
  const [pushes] = await counts(metrics.pushes);
  const said: [RoleName, string][] = [
    ["detector", `${counted(processed, "frame")}${dropped > 0 ? `, ${dropped} dropped` : ""}`],
    ["generator", counted(tasks, "task")],
    ["scheduler", `${counted(results, "result")}${statuses}`],
    ["aggregator", pushes === 1 ? "1 push" : `${pushes} pushes`],
  ];
  const words = said.filter(([role]) => roles.includes(role)).map(([, text]) => text);
  // Of one run alone: results of tasks from before it are not short of anything.
  if (roles.includes("generator") && roles.includes("scheduler"))
    words.push(`${Math.max(0, tasks - results)} open`);
  return words.join(", ");
}

/** A counter's sum, and its parts in brackets by the label `status`. */
async function counts(
  counter: Metrics["tasksProcessed"] | Metrics["tasksGenerated"],
): Promise<[number, string]> {
  const { values } = await counter.get();
  const parts = values
    .filter(({ value }) => value > 0)
    .map(({ labels, value }) => `${value} ${labels.status}`);
  const sum = values.reduce((total, { value }) => total + value, 0);
  return [sum, parts.length > 0 ? ` (${parts.join(", ")})` : ""];
}
