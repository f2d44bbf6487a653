import { setTimeout as delay } from "node:timers/promises";
import stringWidth from "string-width";
import { requireSharedStore } from "../config/checks.ts";
import type { Config } from "../config/config.ts";
import { giveKeyOrder, resetKey, withdrawKeyOrder } from "../runtime/key-orders.ts";
import { type KnownKey, readDrain, readKnownKeys } from "../runtime/known-keys.ts";
import type { Store } from "../store/store.ts";
import { withStore } from "./ask-store.ts";
import { waitOf, whyOf } from "./key-why.ts";
import { formatTable, printable, say, writeLine } from "./output.ts";
import { interruptedBySignal } from "./reading.ts";
import { createTerminalLog } from "./settings.ts";
import { formatAge } from "./time.ts";

/** `tmon keys list`: the configured keys and those in use, as the schedulers say. */
export async function listKeys(config: Config, output: string): Promise<void> {
  await askKeys(config, async (store) => {
    const { keys, schedulers } = await readKnownKeys(config, store);
    if (output === "json") await writeLine(JSON.stringify({ schedulers, keys }));
    else await writeKeys(keys, store.now());
    if (schedulers.length === 0)
      say("tmon: no scheduler runs on this store: states and figures are not known");
  });
}

const head = "KEY ACCOUNT MODEL STATE FLIGHT CALLS FAIL 429 P50 P95 YUAN".split(" ");
/** What a narrow terminal does without. */
const widely = ["ACCOUNT", "MODEL"];

/** Below the table why a key is not healthy. */
async function writeKeys(keys: readonly KnownKey[], now: number): Promise<void> {
  const width = process.stdout.columns ?? Number.POSITIVE_INFINITY;
  const rows = keys.map(rowOf);
  const whole = formatTable(head, rows);
  const narrow = (row: string[]) => row.filter((_, column) => !widely.includes(head[column]!));
  const fits = whole.split("\n").every((line) => stringWidth(line) <= width);
  await writeLine(fits ? whole : formatTable(narrow(head), rows.map(narrow), width, 0));
  const troubles = keys.flatMap((key) => {
    const why = whyOf(key);
    if (why === undefined) return [];
    const state = [key.state, waitOf(key, now)].filter(Boolean).join(" ");
    return `${key.id}: ${state}${key.order ? " " : ": "}${why}`;
  });
  if (troubles.length > 0) await writeLine(["", ...troubles.map(printable)].join("\n"));
}

function rowOf({ id, account, model, state, latencyMs, ...figures }: KnownKey): string[] {
  const ms = (value: number | null) => (value === null ? "-" : formatAge(value));
  const { inFlight, calls, failures, throttled, costYuan } = figures;
  return [
    ...[id, account ?? "-", model ?? "-", state ?? "-"].map(printable),
    ...[inFlight, calls, failures, throttled ?? "-"].map(String),
    ...[ms(latencyMs.p50), ms(latencyMs.p95), costYuan?.toFixed(2) ?? "-"],
  ];
}

export type KeyCommand = "disable" | "enable" | "drain" | "reset";

const does: Record<KeyCommand, (store: Store, keyId: string) => Promise<void>> = {
  disable: (store, keyId) => giveKeyOrder(store, keyId, "disable"),
  drain: (store, keyId) => giveKeyOrder(store, keyId, "drain"),
  enable: withdrawKeyOrder,
  reset: resetKey,
};

const says: Record<KeyCommand, string> = {
  disable: "takes no new calls, until tmon keys enable",
  drain: "takes no new calls, until tmon keys enable, and its open ones are over",
  enable: "may be used",
  reset: "is judged anew: what was held against it, its group, its account and its model is forgotten",
};

/** `tmon keys disable|enable|drain|reset`: every scheduler follows within a second or two; ends with 1 without such a key. */
export async function orderKey(config: Config, keyId: string, command: KeyCommand): Promise<void> {
  requireSharedStore(config);
  await askKeys(config, async (store, signal) => {
    const { keys } = await readKnownKeys(config, store);
    if (!keys.some(({ id }) => id === keyId)) return sayNoSuchKey(keyId, keys);
    await does[command](store, keyId);
    if (command === "drain" && !(await drained(store, keyId, signal))) return;
    say(`tmon: ${keyId} ${says[command]}`);
  });
}

const lookEveryMs = 500;

/** False if a signal came before no call of the key was open. */
async function drained(store: Store, keyId: string, signal: AbortSignal): Promise<boolean> {
  const orderedAt = store.now();
  for (let told = 0; !signal.aborted; await delay(lookEveryMs, undefined, { signal }).catch(() => {})) {
    const { inFlight, over } = await readDrain(store, keyId, orderedAt);
    if (over) return true;
    if (inFlight !== told) say(`tmon: ${keyId}: ${inFlight} in flight`);
    told = inFlight;
  }
  return false;
}

function sayNoSuchKey(keyId: string, keys: readonly KnownKey[]): void {
  const there = keys.map(({ id }) => id).join(", ");
  say(`tmon: there is no key ${keyId}; ${there === "" ? "none is configured" : `there are ${there}`}`);
  process.exitCode ??= 1;
}

async function askKeys(
  config: Config,
  ask: (store: Store, signal: AbortSignal) => Promise<void>,
): Promise<void> {
  const signal = interruptedBySignal();
  const log = await createTerminalLog(config);
  await withStore(config, { log, signal }, (store) => ask(store, signal)).catch((error: unknown) => {
    // What a signal cut short has failed by that.
    if (!signal.aborted) throw error;
  });
}
