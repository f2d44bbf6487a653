import type { Config } from "../config/config.ts";
import { findReach } from "../runtime/trace/find.ts";
import { subjectOf } from "../runtime/trace/subject.ts";
import { type Trace, trace } from "../runtime/trace/trace.ts";
import { askStore } from "./ask-store.ts";
import { say, writeLine } from "./output.ts";
import { type Looking, lookInto } from "./reading.ts";
import { formatTime } from "./time.ts";
import { describeTrace, traceJson } from "./trace-table.ts";

/** `tmon trace`: the way of a frame, a task or an incident; ends with 1 if the topics hold nothing of it. */
export async function showTrace(config: Config, id: string, output: string): Promise<void> {
  const found = await lookInto(
    config,
    { waits: false, endless: false, needs: [] },
    async ({ bus, log, signal }) => {
      const options = { bus, config, signal };
      const way = await trace(options, subjectOf(id), (messageId) =>
        pushedAt(config, messageId, { log, signal }),
      );
      if (signal.aborted) return true;
      if (way) await print(way, config, output);
      else await printReach(await findReach(options), config, { id, output });
      return way !== undefined;
    },
  );
  if (!found) process.exitCode = 1;
}

const print = (way: Trace, config: Config, output: string) =>
  writeLine(output === "json" ? JSON.stringify(traceJson(way)) : describeTrace(way, config));

async function printReach(
  reach: Awaited<ReturnType<typeof findReach>>,
  { timezone }: Config,
  { id, output }: { id: string; output: string },
): Promise<void> {
  const topics = Object.entries(reach);
  say(`tmon: ${id} is in no topic`);
  for (const [topic, since] of topics)
    say(`  ${topic} ${since === undefined ? "is empty" : `reaches back to ${formatTime(since, timezone)}`}`);
  if (output !== "json") return;
  const times = topics.map(([topic, since]) => [topic, since === undefined ? null : new Date(since)]);
  await writeLine(JSON.stringify({ id, found: false, reach: Object.fromEntries(times) }));
}

/** When the frame was pushed last, epoch ms: its cached state says so, for five minutes. */
function pushedAt(
  config: Config,
  messageId: string,
  looking: Pick<Looking, "log" | "signal">,
): Promise<number | undefined> {
  return askStore(config, looking, "when it was pushed", async (store) => {
    const state = await store.get(`detection:${messageId}`);
    if (state === undefined) return undefined;
    const { trace: times } = JSON.parse(state.toString("utf8")) as { trace?: { aggregatedAt?: number } };
    return times?.aggregatedAt;
  });
}
