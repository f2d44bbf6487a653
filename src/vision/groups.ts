import type { Box } from "../messages/common.ts";
import { centreOf, longerSideOf } from "./box.ts";
import { isRoadUser } from "./classes.ts";

export interface GroupingRules {
  /** Two centres are linked within this many times the mean of the two boxes' longer sides… */
  readonly distanceFactor: number;
  /** …or, when set, within this many pixels. */
  readonly distancePx: number | undefined;
  readonly minMembers: number;
  /** A longer chain is split at its longest link. */
  readonly maxMembers: number;
}

/** Two clusters (or single objects) joined by the shortest link between them. */
type Cluster = { members: readonly number[]; parts?: readonly [Cluster, Cluster] };

/**
 * Groups of road users close to each other: indices into `objects`, ascending, in the order of their first
 * members. Distances are relative to the boxes' size, so groups do not depend on resolution or perspective.
 *
 * Links are joined shortest first (Kruskal's minimum spanning tree), so a cluster's last join is its longest
 * link: splitting a chain there is taking its two parts back.
 */
export function groupRoadUsers(
  objects: readonly { class: string; bbox: Box }[],
  rules: GroupingRules,
): number[][] {
  const clusters = new Map<number, Cluster>();
  for (const [index, object] of objects.entries()) {
    if (isRoadUser(object.class)) clusters.set(index, { members: [index] });
  }
  for (const { a, b } of linksOf(objects, [...clusters.keys()], rules)) {
    const left = clusters.get(a)!;
    const right = clusters.get(b)!;
    if (left === right) continue;
    const joined: Cluster = { members: [...left.members, ...right.members], parts: [left, right] };
    for (const member of joined.members) clusters.set(member, joined);
  }
  return [...new Set(clusters.values())]
    .flatMap((cluster) => split(cluster, rules.maxMembers))
    .filter((members) => members.length >= rules.minMembers)
    .map((members) => members.toSorted((a, b) => a - b))
    .sort((a, b) => a[0]! - b[0]!);
}

function split({ members, parts }: Cluster, maxMembers: number): (readonly number[])[] {
  if (members.length <= maxMembers || !parts) return [members];
  return parts.flatMap((part) => split(part, maxMembers));
}

/** Pairs within reach of each other, by their distance in reaches. */
function linksOf(objects: readonly { bbox: Box }[], indices: readonly number[], rules: GroupingRules) {
  const places = indices.map((index) => {
    const { bbox } = objects[index]!;
    return { index, ...centreOf(bbox), side: longerSideOf(bbox) };
  });
  const links: { a: number; b: number; length: number }[] = [];
  for (const [i, from] of places.entries()) {
    for (const to of places.slice(i + 1)) {
      const reach = rules.distancePx ?? (rules.distanceFactor * (from.side + to.side)) / 2;
      const length = Math.hypot(from.x - to.x, from.y - to.y) / reach;
      if (length <= 1) links.push({ a: from.index, b: to.index, length });
    }
  }
  return links.sort((a, b) => a.length - b.length);
}
