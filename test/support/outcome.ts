import { homedir } from "node:os";
import { setTimeout as delay } from "node:timers/promises";
import { pino } from "pino";
import { openBus } from "../../src/bus/open.ts";
import { loadConfig } from "../../src/config/load.ts";
import { decode } from "../../src/messages/codec.ts";
import { type ResultStatus, resultSchema } from "../../src/messages/result.ts";
import { noObservations, type ResultObservation } from "../../src/runtime/report/observations.ts";
import { observeMessage } from "../../src/runtime/report/observe.ts";

/** Above what a hanging call and two more of them take. */
const doneWithinMs = 120_000;

/** What became of all tasks. */
export interface Outcome {
  tasks: ReadonlySet<string>;
  /** By taskId; the final one of each. */
  results: ReadonlyMap<string, ResultObservation>;
  /** The first of each task: epoch ms by the bus. */
  arrivals: { at: number }[];
  /** Results beyond one a task. */
  repeats: number;
  /** Tasks without a result. */
  lost: number;
  count(status: ResultStatus): number;
}

/** Reads the topics once the schedulers have done all there was, or too much time has passed. */
export async function outcomeOf(directory: string, env: Record<string, string>): Promise<Outcome> {
  const { config } = loadConfig({ flags: { dataDir: directory }, env, cwd: directory, home: homedir() });
  const bus = await openBus(config, pino({ level: "silent" }));
  const taskTopic = config.topics["assessment-tasks"].name;
  const resultTopic = config.topics["risk-assessment-results"].name;
  const isDone = async () =>
    (await bus.describeGroup(config.groups.scheduler, [taskTopic])).every(({ lag }) => lag === 0);
  for (const since = performance.now(); !(await isDone()); await delay(200))
    if (performance.now() - since > doneWithinMs) break;

  const seen = noObservations();
  const arrivals = new Map<string, { at: number }>();
  for await (const message of bus.read({
    topics: [taskTopic, resultTopic],
    from: "earliest",
    untilEnd: true,
  })) {
    const isResult = message.topic === resultTopic;
    observeMessage(seen, isResult ? "risk-assessment-results" : "assessment-tasks", message);
    if (!isResult) continue;
    const { taskId } = decode(resultSchema, message.value);
    if (!arrivals.has(taskId)) arrivals.set(taskId, { at: message.timestamp });
  }
  await bus.close();
  const { tasks, results, repeats } = seen;
  return {
    ...{ tasks, results, repeats },
    arrivals: [...arrivals.values()],
    lost: [...tasks].filter((taskId) => !results.has(taskId)).length,
    count: (status) => [...results.values()].filter((result) => result.status === status).length,
  };
}
