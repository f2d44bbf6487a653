import type { VlmConfig } from "../config/config.ts";
import { isLoopback } from "../config/loopback.ts";
import type { Usage } from "./failure.ts";

type Prices = VlmConfig["prices"];
type Priced = { readonly baseUrl: string; readonly model: string };

const free = new WeakMap<Priced, boolean>();

/** A provider on loopback costs nothing. Asked several times a call, hence remembered. */
export function isFree(target: Priced): boolean {
  const isKnown = free.get(target) ?? isLoopback(target.baseUrl);
  free.set(target, isKnown);
  return isKnown;
}

/**
 * What a call cost, yuan; undefined where the provider did not say what it used, or the price is not known.
 * @param model as the provider names it; its price may be listed under the name it was asked by
 */
export function costOf(
  usage: Usage | undefined,
  target: Priced,
  model: string,
  prices: Prices,
): number | undefined {
  if (isFree(target)) return 0;
  const price = prices[model] ?? prices[target.model];
  return usage && price && costAt(price, usage);
}

/** The most a call with this usage may cost, yuan: a model without a price counts as the dearest listed. */
export function mostCost(usage: Usage, target: Priced, prices: Prices): number {
  if (isFree(target)) return 0;
  const price = prices[target.model];
  return Math.max(0, ...(price ? [price] : Object.values(prices)).map((each) => costAt(each, usage)));
}

/** Prices are per 1,000 tokens. */
function costAt(price: Prices[string], { promptTokens, completionTokens }: Usage): number {
  return (promptTokens * price.input + completionTokens * price.output) / 1000;
}
