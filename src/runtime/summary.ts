import type { RoleContext, RunningRole } from "./role.ts";

const everyMs = 10_000;

/** One line of a role's figures every 10 s, if anything changed; the answer ends it. */
export function startSummary({ log }: Pick<RoleContext, "log">, stats: RunningRole["stats"]): () => void {
  let last = "";
  const timer = setInterval(() => {
    const figures = stats();
    const line = JSON.stringify(figures);
    if (line !== last) log.info(figures, "summary");
    last = line;
  }, everyMs);
  return () => clearInterval(timer);
}
