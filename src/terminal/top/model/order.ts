import { type KeyUse, keyStates } from "../../../runtime/key-use.ts";
import type { CameraRow } from "./cameras.ts";
import type { RoleRow } from "./roles.ts";

/** What the tables may be sorted by; cameras know trouble and name. */
export const orders = ["trouble", "name", "use", "latency", "errors"] as const;
export type Order = (typeof orders)[number];

const collator = new Intl.Collator("en", { numeric: true });
const byName = (one: { id: string }, other: { id: string }) => collator.compare(one.id, other.id);

type Compare<Row> = (one: Row, other: Row) => number;

const most =
  <Row>(figure: (row: Row) => number): Compare<Row> =>
  (one, other) =>
    figure(other) - figure(one);

/** What a person wants so is the least of them. */
const keyTrouble = ({ state, order }: KeyUse) => {
  if (order) return 0.5;
  return keyStates.includes(state) ? keyStates.length - 1 - keyStates.indexOf(state) : 0;
};

const keyOrders: Record<Order, Compare<KeyUse>> = {
  trouble: most(keyTrouble),
  name: () => 0,
  use: most(
    ({ requests, inFlight }) => (requests?.limit ? requests.used / requests.limit : 0) + inFlight / 1e6,
  ),
  latency: most(({ latencyMs }) => latencyMs.p95 ?? -1),
  errors: most(({ failures }) => failures),
};

/** Equals stand by name, so that rows keep their places. */
export function orderedKeys(keys: readonly KeyUse[], order: Order): KeyUse[] {
  return keys.toSorted((one, other) => keyOrders[order](one, other) || byName(one, other));
}

const cameraTrouble = ["failed", "backing_off", "stalled", "connecting"];

export function orderedCameras(cameras: readonly CameraRow[], order: Order): CameraRow[] {
  const trouble = most<CameraRow>(({ state }) =>
    cameraTrouble.includes(state) ? cameraTrouble.length - cameraTrouble.indexOf(state) : 0,
  );
  return cameras.toSorted((one, other) => (order === "name" ? 0 : trouble(one, other)) || byName(one, other));
}

/** The dead first, so that they are seen where not all are. */
export function orderedRoles(roles: readonly RoleRow[]): RoleRow[] {
  return roles.toSorted(most(({ state }) => Number(state === "dead")));
}
