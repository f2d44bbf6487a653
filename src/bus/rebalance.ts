/**
 *   free -> owned -> draining -> owned by the next
 */
export interface Assignment {
  /** A member's id; "" while nobody has it. */
  owner: string;
  /** Grows with every change of the owner: a commit names it. */
  epoch: number;
  /** Who gets it once the owner has drained; since when (monotonic ms). */
  handover?: { to: string; since: number };
}

/** How long an owner may drain before a partition is taken from it: its work in flight is then repeated. */
export const drainMs = 10_000;

/**
 * Shares the partitions among the members, moving as few as possible: a partition nobody has is given out at
 * once, one too many at a member is handed over once that member has drained it. Pure; `now` in monotonic ms.
 */
export function rebalance(
  partitions: readonly Assignment[],
  members: readonly string[],
  now: number,
): Assignment[] {
  const result = partitions.map((assignment) => settle(assignment, members, now));
  if (members.length === 0) return result;

  const shareOf = (member: string): Assignment[] => result.filter((one) => futureOwner(one) === member);
  const bySize = () => [...members].sort((a, b) => shareOf(a).length - shareOf(b).length);
  for (const assignment of result) if (futureOwner(assignment) === "") give(assignment, bySize()[0]!, now);
  for (;;) {
    const order = bySize();
    const [least, most] = [order[0]!, order.at(-1)!];
    if (shareOf(most).length - shareOf(least).length < 2) return result;
    const share = shareOf(most);
    // Rather one that is on its way anyhow than one at work.
    give(share.find(({ handover }) => handover !== undefined) ?? share.at(-1)!, least, now);
  }
}

function futureOwner({ owner, handover }: Assignment): string {
  return handover?.to ?? owner;
}

/** Drops who is gone, and ends a handover whose time is up. */
function settle(assignment: Assignment, members: readonly string[], now: number): Assignment {
  const { epoch, handover } = assignment;
  const owner = members.includes(assignment.owner) ? assignment.owner : "";
  if (handover === undefined || !members.includes(handover.to)) return { owner, epoch };
  const waited = now - handover.since;
  // A time in the future is from before the machine's last boot.
  if (owner === "" || waited > drainMs || waited < 0) return { owner: handover.to, epoch: epoch + 1 };
  return { owner, epoch, handover };
}

function give(assignment: Assignment, member: string, now: number): void {
  const since = assignment.handover?.since ?? now;
  delete assignment.handover;
  if (assignment.owner === member) return;
  if (assignment.owner !== "") {
    assignment.handover = { to: member, since };
    return;
  }
  assignment.owner = member;
  assignment.epoch += 1;
}
