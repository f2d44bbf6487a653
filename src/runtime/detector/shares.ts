import type { Store } from "../../store/store.ts";

/** What the detectors on one store want and have. */
export interface Shares {
  /** By detector: the ids of the cameras it wants, and when it last said so, ms of the store's clock. */
  readonly wishes: ReadonlyMap<string, Wish>;
  /** By camera's id: the detector that has it. */
  readonly holders: ReadonlyMap<string, string>;
}

export interface Wish {
  readonly cameras: readonly string[];
  readonly at: number;
}

const wishPrefix = "tmon:camera-wishes:";
const leasePrefix = "tmon:lease:camera:";

export const wishKey = (detector: string) => wishPrefix + detector;
/** How often the detector looked, counted by the store: one that has forgotten begins anew. */
export const looksKey = (detector: string) => `tmon:camera-looks:${detector}`;
/** The lease's name in the store's claimLease. */
export const leaseName = (cameraId: string) => `camera:${cameraId}`;

export async function readShares(store: Store): Promise<Shares> {
  const [wishes, leases] = await Promise.all([store.list(wishPrefix), store.list(leasePrefix)]);
  return {
    wishes: new Map(
      wishes.map(({ key, value }) => [key.slice(wishPrefix.length), JSON.parse(`${value}`) as Wish]),
    ),
    holders: new Map(leases.map(({ key, value }) => [key.slice(leasePrefix.length), `${value}`])),
  };
}

/**
 * Which of the cameras nobody has this detector takes: one after the other goes to whoever wants it and has
 * the fewest. All who read the same shares agree; who read others meet in the claim, and agree in a later round.
 */
export function camerasToTake(shares: Shares, detector: string): Set<string> {
  const counts = countsOf(shares);
  const wanted = new Set([...shares.wishes.values()].flatMap(({ cameras }) => cameras));
  const taken = new Set<string>();
  for (const camera of [...wanted].sort()) {
    if (shares.holders.has(camera)) continue;
    const taker = leastBurdened(wanting(shares, camera), counts);
    if (taker === undefined) continue;
    counts.set(taker, (counts.get(taker) ?? 0) + 1);
    if (taker === detector) taken.add(camera);
  }
  return taken;
}

/** One of these cameras of this detector that another wants who would still not have more than this one. */
export function cameraToGive(
  shares: Shares,
  detector: string,
  cameras: readonly string[],
): { camera: string; to: string } | undefined {
  const counts = countsOf(shares);
  const count = (of: string) => counts.get(of) ?? 0;
  for (const camera of cameras) {
    const others = wanting(shares, camera).filter((other) => other !== detector);
    const to = leastBurdened(others, counts);
    if (to !== undefined && count(to) + 1 < count(detector)) return { camera, to };
  }
  return undefined;
}

function wanting({ wishes }: Shares, camera: string): string[] {
  return [...wishes].flatMap(([detector, { cameras }]) => (cameras.includes(camera) ? [detector] : []));
}

function countsOf({ holders }: Shares): Map<string, number> {
  const counts = new Map<string, number>();
  for (const holder of holders.values()) counts.set(holder, (counts.get(holder) ?? 0) + 1);
  return counts;
}

function leastBurdened(detectors: string[], counts: ReadonlyMap<string, number>): string | undefined {
  const count = (of: string) => counts.get(of) ?? 0;
  return detectors.sort((a, b) => count(a) - count(b) || (a < b ? -1 : 1))[0];
}
