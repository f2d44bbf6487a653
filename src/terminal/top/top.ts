import { setTimeout as delay } from "node:timers/promises";
import { pino } from "pino";
import type { Config } from "../../config/config.ts";
import { TmonError } from "../../errors.ts";
import { heartbeatEveryMs } from "../../runtime/heartbeat.ts";
import { openSource, type Source } from "../../runtime/top/source.ts";
import { releaseOnCrash } from "../crash.ts";
import { writeLine } from "../output.ts";
import { createTerminalLog } from "../settings.ts";
import { topJson } from "./json.ts";
import { type Model, nextModel } from "./model/model.ts";
import { firstUi, pressed } from "./ui.ts";

const everyMs = 1_000;

/** `tmon top`: what the whole pipeline does, second after second, or as it is now. */
export async function showTop(config: Config, options: { once: boolean; output: string }): Promise<void> {
  const { once, output } = options;
  if (!once && (output === "json" || !process.stdout.isTTY)) throw needsOnce(output);
  // React's development build is slower, and keeps a record of every frame.
  process.env.NODE_ENV ??= "production";
  // On a terminal a line of the log would stand amid the screen.
  const log = process.stderr.isTTY ? pino({ level: "silent" }) : await createTerminalLog(config);
  const source = openSource(config, log);
  const forget = releaseOnCrash(() => source.close());
  try {
    if (once) await Promise.race([showOnce(config, source, output), source.failed]);
    else await showScreen(config, source);
  } finally {
    forget();
    await source.close();
  }
}

/** Until a key or a signal ends it. */
async function showScreen({ timezone }: Config, source: Source): Promise<void> {
  const { openScreen } = await import("./screen.tsx");
  const ending = new AbortController();
  const { signal } = ending;
  let ui = firstUi;
  let model = nextModel(undefined, source.snapshot());
  let shown = model;
  const screen = openScreen(process.stdout, {
    timezone,
    press(key) {
      const next = pressed(ui, key);
      if (!next) return ending.abort();
      ui = next;
      screen.show(shown, ui);
    },
  });
  const forget = releaseOnCrash(async () => screen.close());
  // Not `once`: a library that finds no other listener ends the process by itself, before all is closed.
  for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(name, () => ending.abort());

  async function keepShowing(): Promise<void> {
    while (!signal.aborted) {
      if (!ui.paused) shown = model;
      screen.show(shown, ui);
      await delay(everyMs, undefined, { signal }).catch(() => {});
      model = nextModel(model, source.snapshot());
    }
  }
  try {
    await Promise.race([keepShowing(), source.failed]);
  } finally {
    ending.abort();
    screen.close();
    forget();
  }
}

/** Rates need two looks, and of what heartbeats tell two heartbeats. */
async function showOnce({ timezone }: Config, source: Source, output: string): Promise<void> {
  let model: Model | undefined;
  const until = Date.now() + heartbeatEveryMs + 2 * everyMs;
  while (Date.now() < until) {
    await delay(everyMs);
    model = nextModel(model, source.snapshot());
  }
  if (!model) return;
  if (model.bus.trouble !== undefined || model.store.trouble !== undefined) process.exitCode = 3;
  if (output === "json") return writeLine(JSON.stringify(topJson(model)));
  const { topText } = await import("./text.tsx");
  await writeLine(topText(model, { timezone, columns: process.stdout.columns ?? 100 }));
}

function needsOnce(output: string): TmonError {
  const why = output === "json" ? "-o json is one snapshot" : "stdout is no terminal";
  return new TmonError(
    "TMON_USAGE",
    `tmon top: ${why}`,
    "add --once, or run it in a terminal without -o json",
  );
}
