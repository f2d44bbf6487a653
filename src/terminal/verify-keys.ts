import { existsSync } from "node:fs";
import stringWidth from "string-width";
import { resolveProvider } from "../config/checks.ts";
import type { Config } from "../config/config.ts";
import { isLoopback } from "../config/loopback.ts";
import { parseDuration } from "../config/units.ts";
import { ownQuotas, sharedQuotas } from "../runtime/verify-keys/quotas.ts";
import type { KeyReport } from "../runtime/verify-keys/report.ts";
import { verifyKeys } from "../runtime/verify-keys/verify-keys.ts";
import { mostCost } from "../vlm/price.ts";
import { trialUsage } from "../vlm/trial.ts";
import { askStore } from "./ask-store.ts";
import { counted } from "./counted.ts";
import { formatTable, printable, say, writeLine } from "./output.ts";
import { interruptedBySignal } from "./reading.ts";
import { createTerminalLog } from "./settings.ts";

export interface VerifyKeysFlags {
  cheap: boolean;
  timeout: string;
  output: string;
}

/** `tmon verify-keys`: what each key is good for; ends with 1 if an enabled one fails, 3 if no provider answered. */
export async function showVerifiedKeys(config: Config, { cheap, timeout, output }: VerifyKeysFlags) {
  const timeoutMs = parseDuration(timeout, "--timeout", 1);
  resolveProvider(config, { standIn: false });
  if (!cheap) sayMostCost(config);
  const reports = await verify(config, { cheap, timeoutMs });
  if (!reports) return;
  if (output === "json") await writeLine(JSON.stringify({ keys: reports }));
  else await writeTable(reports);
  conclude(reports.filter(({ result }) => result !== "disabled"));
}

/** Undefined if a signal came before all was known. */
async function verify(config: Config, { cheap, timeoutMs }: { cheap: boolean; timeoutMs: number }) {
  const signal = interruptedBySignal();
  const common = { config, timeoutMs, cheap, signal };
  // Who only looks makes no data directory; and a list of models is not counted anywhere.
  const sharesQuotas = !cheap && (config.store.kind === "redis" || existsSync(config.dataDir));
  const shared = async () =>
    askStore(config, { log: await createTerminalLog(config), signal }, "what schedulers use", async (store) =>
      verifyKeys({ ...common, quotas: await sharedQuotas(store, config) }),
    );
  try {
    const reports = sharesQuotas ? await shared() : undefined;
    return reports ?? (await verifyKeys({ ...common, quotas: ownQuotas() }));
  } catch (error) {
    // What a signal cut short has failed by that.
    if (!signal.aborted) throw error;
    return undefined;
  }
}

function sayMostCost({ keys, vlm }: Config): void {
  const paid = keys.filter(({ enabled, baseUrl }) => enabled && !isLoopback(baseUrl));
  if (paid.length === 0) return;
  const usages = paid.map((key) => ({ key, usage: trialUsage(key.model) }));
  const tokens = usages.reduce((sum, { usage }) => sum + usage.promptTokens + usage.completionTokens, 0);
  const yuan = usages.reduce((sum, { key, usage }) => sum + mostCost(usage, key, vlm.prices), 0);
  const asked = counted(paid.length, "request");
  const most = (Math.ceil(yuan * 10_000) / 10_000).toFixed(4);
  say(`tmon: ${asked} with a tiny picture: at most ${tokens} tokens, ${most} yuan`);
}

const head = "ID KEY ACCOUNT MODEL RESULT VALID REACHED PICTURE LATENCY STATE".split(" ");

/** Below it what is not in order, and what to do about it. */
async function writeTable(reports: readonly KeyReport[]): Promise<void> {
  await writeLine(fitted(head, reports.map(rowOf), process.stdout.columns));
  for (const { id, code, reason, todo } of reports) {
    if (reason === null) continue;
    const what = [id, code, reason].filter((part) => part !== null).join(": ");
    await writeLine(`\n${printable(what)}\n  what to do: ${todo}`);
  }
}

/** What a narrow terminal can do without: the id says which key it is. */
const spare = ["MODEL", "KEY"];

/** The first of these tables that has room; of the narrowest a column is shortened. */
export function fitted(
  columns: readonly string[],
  rows: readonly (readonly string[])[],
  width = Number.POSITIVE_INFINITY,
): string {
  const tables = [0, 1, 2].map((count) => {
    const left = spare.slice(0, count);
    const keep = (row: readonly string[]) => row.filter((_, index) => !left.includes(columns[index]!));
    return [keep(columns), rows.map(keep)] as const;
  });
  const room = (text: string) => Math.max(...text.split("\n").map((line) => stringWidth(line))) <= width;
  const whole = tables.map(([some, cells]) => formatTable(some, cells)).find(room);
  const [narrowest, cells] = tables.at(-1)!;
  return whole ?? formatTable(narrowest, cells, width);
}

function rowOf({ id, key, account, model, result, latencyMs, state, ...found }: KeyReport): string[] {
  const { valid, modelReachable, answersPictures, describesPicture } = found;
  return [
    ...[id, key, account ?? "-", model].map(printable),
    result,
    ...[valid, modelReachable].map(yesOrNo),
    describesPicture ? "described" : yesOrNo(answersPictures),
    latencyMs === null ? "-" : `${latencyMs}ms`,
    state ?? "-",
  ];
}

const yesOrNo = (known: boolean | null) => (known === null ? "-" : known ? "yes" : "no");

function conclude(asked: readonly KeyReport[]): void {
  const simulated = asked.filter((report) => report.simulated).length;
  if (simulated > 0) say(`tmon: SIMULATED: a simulated provider answered ${counted(simulated, "key")}`);
  if (!asked.some(({ answered }) => answered)) {
    say("tmon: no provider answered");
    process.exitCode ??= 3;
  } else if (asked.some(({ result }) => result === "failed")) process.exitCode ??= 1;
}
