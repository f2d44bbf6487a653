import type { Logger } from "pino";
import type { ApiKeyConfig, Config } from "../config/config.ts";
import { messageOf } from "../errors.ts";
import type { System } from "../runtime/system.ts";

const lookEveryMs = 2_000;

/**
 * Takes over API keys that were changed in their files, by looking at them every 2 s and at SIGHUP; whatever way a
 * file is replaced is noticed so. What does not validate is told once, and the keys stay as they are. The answer
 * ends it.
 */
export function followKeys(system: System, load: () => Config, log: Logger): () => void {
  let known = textOf(system.config.keys);
  let told: string | undefined;

  function look(): void {
    try {
      const { keys } = load();
      if (!keys.some(({ enabled }) => enabled)) throw new Error("no enabled API key is left");
      told = undefined;
      system.metrics.configReload.set(1);
      const text = textOf(keys);
      if (text === known) return;
      known = text;
      system.replaceKeys(keys);
      log.info(
        { keys: keys.filter(({ enabled }) => enabled).map(({ id }) => id) },
        "the API keys were read anew",
      );
    } catch (error) {
      system.metrics.configReload.set(0);
      const message = messageOf(error);
      if (message !== told)
        log.error({ error: message }, "the API keys stay as they are: the files cannot be used");
      told = message;
    }
  }

  const timer = setInterval(look, lookEveryMs).unref();
  // On a terminal it says that the terminal is gone.
  const isDaemon = !process.stdin.isTTY;
  if (isDaemon) process.on("SIGHUP", look);
  return () => {
    clearInterval(timer);
    process.off("SIGHUP", look);
  };
}

function textOf(keys: readonly ApiKeyConfig[]): string {
  return JSON.stringify(keys.map((key) => ({ ...key, key: key.key.reveal() })));
}
