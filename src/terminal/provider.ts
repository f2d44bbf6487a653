import type { Config } from "../config/config.ts";
import { isLoopback } from "../config/loopback.ts";
import { mostCost } from "../vlm/price.ts";
import { usageOfLargest } from "../vlm/tokens.ts";
import { counted } from "./counted.ts";
import { say } from "./output.ts";

/** Whose verdicts these will be, and what they may cost: no invented ones on real roads, no bill, by accident. */
export function sayProvider(config: Config): void {
  const { vlm, keys, budgets } = config;
  const enabled = keys.filter((key) => key.enabled);
  if (vlm.provider === "simulated") {
    say("tmon: the VLM is SIMULATED: its verdicts are invented from geometry, and marked so");
    return;
  }
  const models = [...new Set(enabled.map(({ model }) => model))].join(", ");
  const places = [...new Set(enabled.map(({ baseUrl }) => baseUrl))].join(", ");
  say(`tmon: VLM ${models} at ${places}, ${counted(enabled.length, "key")}`);
  const paid = enabled.filter(({ baseUrl }) => !isLoopback(baseUrl));
  if (paid.length === 0) return;
  const unpriced = paid.find(({ model }) => !vlm.prices[model]);
  const limit = budgets.yuanPerDay === undefined ? "no budget" : `stops at ${budgets.yuanPerDay} yuan a day`;
  say(`tmon: ${sayHourlyCost(config)}; ${limit} (budgets.yuan_per_day in tmon.yaml)`);
  if (unpriced)
    say(`tmon: the price of ${unpriced.model} is not in vlm.prices: it counts as the dearest there`);
}

function sayHourlyCost({ cameras, keys, vlm }: Config): string {
  const calls = cameras.reduce((sum, { intervalMs }) => sum + 3_600_000 / intervalMs, 0);
  const enabled = keys.filter((key) => key.enabled);
  const call = Math.max(...enabled.map((key) => mostCost(usageOfLargest(vlm), key, vlm.prices)));
  if (cameras.length === 0) return `a call costs at most ${call.toFixed(4)} yuan`;
  const pace = `with one group a picture on ${counted(cameras.length, "camera")}`;
  return `at most ${(calls * call).toFixed(2)} yuan an hour ${pace}`;
}
