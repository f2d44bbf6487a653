import { existsSync, statSync } from "node:fs";
import { Listr, ListrLogger, ProcessOutput } from "listr2";
import type { Config } from "../../config/config.ts";
import type { CatalogueModel } from "../../config/models/catalogue.ts";
import { fileOf } from "../../config/models/find.ts";
import { redact } from "../../config/redact.ts";
import { type Pulled, partOf, pullModel, sourceOf } from "../../runtime/models/pull.ts";
import { say, writeLine } from "../output.ts";
import { interruptedBySignal } from "../reading.ts";
import { megabytes, modelsNamed } from "./names.ts";

export interface PullWishes {
  names: readonly string[];
  dryRun: boolean;
  output: string;
}

type Published = CatalogueModel & { url: string };

/** `tmon models pull`: fetches models and prints where they lie. */
export async function pullModels(
  { models }: Pick<Config, "models">,
  { names, dryRun, output }: PullWishes,
): Promise<void> {
  const chosen = modelsNamed(names);
  const published = chosen.filter((model): model is Published => model.url !== undefined);
  for (const { name } of chosen.filter(({ url }) => url === undefined))
    say(`tmon: ${name} is shipped with tmon: there is nothing to fetch`);
  if (dryRun) {
    for (const model of published) await writeLine(planOf(model, models));
    return say("tmon: nothing was fetched");
  }
  const signal = interruptedBySignal();
  const pulled = new Map<string, Pulled>();
  try {
    await carryOut(published, models, { signal, pulled });
  } catch (error) {
    if (!signal.aborted) throw error;
    for (const model of published) sayKept(model, models);
  }
  await report(pulled, output);
}

/** One after the other: they share the way to the internet. Progress is for people: on stderr. */
async function carryOut(
  chosen: readonly Published[],
  models: Config["models"],
  { signal, pulled }: { signal: AbortSignal; pulled: Map<string, Pulled> },
): Promise<void> {
  const processOutput = new ProcessOutput(process.stderr, process.stderr);
  const { isTTY } = process.stderr;
  const tasks = chosen.map((model) => ({
    title: `${model.name} from ${redact(sourceOf(model, models))}`,
    async task(_: unknown, task: { title: string; output: string }) {
      if (!isTTY) say(`tmon: ${task.title}`);
      const result = await pullModel(model, models, {
        signal,
        onProgress(received, total) {
          task.output = progressOf(received, total);
        },
      });
      pulled.set(model.name, result);
      task.title = `${model.name}: ${megabytes(result.found.bytes)}, ${result.fetched ? "checksum right" : "here already"}`;
      if (!isTTY) say(`tmon: ${task.title}`);
    },
  }));
  await new Listr(tasks, {
    // Where nobody looks on, each change would be a line, and a failure told twice.
    ...(isTTY ? { renderer: "default" } : { renderer: "silent" }),
    rendererOptions: { logger: new ListrLogger({ processOutput }), showErrorMessage: false },
    registerSignalListeners: false,
  }).run();
}

function progressOf(received: number, total: number | undefined): string {
  if (total === undefined) return megabytes(received);
  return `${megabytes(received)} of ${megabytes(total)}, ${Math.floor((100 * received) / total)} %`;
}

function planOf(model: Published, models: Config["models"]): string {
  const file = fileOf(model, models);
  if (existsSync(file)) return `${model.name}: ${file} is there, and would be checked`;
  const source = redact(sourceOf(model, models));
  return `${model.name}: would fetch ${megabytes(model.export.bytes)} from ${source} to ${file}`;
}

function sayKept(model: Published, models: Config["models"]): void {
  const part = partOf(fileOf(model, models));
  if (!existsSync(part)) return;
  say(`tmon: interrupted: ${megabytes(statSync(part).size)} of ${model.name} are kept`);
  say(`  what to do: run it again: it goes on where it was`);
}

async function report(pulled: ReadonlyMap<string, Pulled>, output: string): Promise<void> {
  const all = [...pulled].map(([name, { file, found, fetched }]) => ({ name, file, ...found, fetched }));
  if (output === "json") return writeLine(JSON.stringify({ models: all }));
  for (const { file } of all) await writeLine(file);
}
