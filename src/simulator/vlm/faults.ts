import { type SpoiltName, spoiltNames } from "./completion.ts";
import { type FailureName, failures, type RefusalName, refusals } from "./errors.ts";
import type { FaultOptions } from "./options.ts";
import { type Delivery, deliveries } from "./response.ts";

type BrokenDelivery = Exclude<Delivery, "whole">;

/** All that can go wrong with a request, by where on its way it does. */
export type FaultName = RefusalName | FailureName | SpoiltName | BrokenDelivery;

const brokenDeliveries = deliveries.filter((delivery) => delivery !== "whole");

export const faultNames: readonly FaultName[] = [
  ...(Object.keys(refusals) as RefusalName[]),
  ...(Object.keys(failures) as FailureName[]),
  ...spoiltNames,
  ...brokenDeliveries,
];

export const isRefusal = (fault: FaultName): fault is RefusalName => fault in refusals;
export const isFailure = (fault: FaultName): fault is FailureName => fault in failures;
export const isSpoilt = (fault: FaultName): fault is SpoiltName => spoiltNames.some((name) => name === fault);
export const isBrokenDelivery = (fault: FaultName): fault is BrokenDelivery =>
  brokenDeliveries.some((delivery) => delivery === fault);

/**
 * What strikes a request `elapsedMs` after the start; `chance` in [0, 1), one a request, so that a key's faults
 * are the same ones whenever it asks. The last of the list goes first: a fault of all requests that begins
 * later leaves nothing to those before it.
 */
export function faultAt(
  faults: readonly FaultOptions[],
  elapsedMs: number,
  chance: number,
): FaultOptions | undefined {
  let rest = chance;
  return faults.findLast((fault) => {
    const { share = 1, fromMs = 0, untilMs = Infinity } = fault;
    if (elapsedMs < fromMs || elapsedMs >= untilMs) return false;
    rest -= share;
    return rest < 0;
  });
}
