import { isAlive, ownIdentity } from "../../lmdb/process-identity.ts";
import type { TopicCommit } from "../held-partitions.ts";
import { rebalance } from "../rebalance.ts";
import { monotonicMs } from "./clock.ts";
import { announceChange, type GroupRow, type MemberRow, type Tables } from "./tables.ts";

/** One member's hold on its group's row. All but `row` and `someoneIsGone` belong in a write transaction. */
export interface Membership {
  /** The same object as long as nothing of it changed. */
  row(): GroupRow;
  /** A look without a transaction: a member died or fell silent. */
  someoneIsGone(): boolean;
  /** Joins, or shows that the member is alive; drops who is gone and shares their partitions. */
  beat(): void;
  /** False when the partition is not the member's any more, in that epoch. */
  commit(partition: number, epoch: number, commits: readonly TopicCommit[]): boolean;
  /** Passes on a drained partition. */
  release(partition: number, epoch: number): void;
  leave(): void;
}

const noGroup: GroupRow = { topics: [], members: {}, partitions: [], seenAt: 0 };
const silentAfterMs = 5_000;
const seenEveryMs = 60_000;

export function createMembership(
  tables: Tables,
  member: { group: string; id: string; topics: readonly string[]; partitions: number },
): Membership {
  const { group, id, topics, partitions } = member;
  let known: { stored: Buffer; row: GroupRow } | undefined;
  /** Asked for at every change of the bus, and seldom another one: what stands there is decoded when it differs. */
  function row(): GroupRow {
    const found = tables.groups.getBinaryFast(group);
    if (found === undefined) return noGroup;
    // The memory found is longer than it says.
    const stored = found.subarray(0, found.length);
    if (known === undefined || Buffer.compare(known.stored, stored) !== 0)
      known = { stored: Buffer.from(stored), row: tables.groups.get(group)! };
    return known.row;
  }

  function share(before: GroupRow, members: Record<string, MemberRow>): void {
    const assignments = Array.from(
      { length: Math.max(partitions, before.partitions.length) },
      (_, index) => before.partitions[index] ?? { owner: "", epoch: 0 },
    );
    const now = Date.now();
    const after: GroupRow = {
      topics: [...new Set([...before.topics, ...topics])],
      members,
      partitions: rebalance(assignments, Object.keys(members).sort(), monotonicMs()),
      seenAt: now - before.seenAt < seenEveryMs ? before.seenAt : now,
    };
    tables.groups.put(group, after);
    if (JSON.stringify(after.partitions) !== JSON.stringify(before.partitions)) announceChange(tables);
  }

  const othersAlive = ({ members }: GroupRow): Record<string, MemberRow> =>
    Object.fromEntries(Object.entries(members).filter(([other, row]) => other !== id && isPresent(row)));

  return {
    row,
    someoneIsGone: () => Object.values(row().members).some((member) => !isPresent(member)),
    beat() {
      const before = row();
      share(before, { ...othersAlive(before), [id]: { ...ownIdentity, heartbeat: monotonicMs() } });
    },
    commit(partition, epoch, commits) {
      const assignment = row().partitions[partition];
      if (assignment?.owner !== id || assignment.epoch !== epoch) return false;
      for (const { topic, watermark, acknowledged } of commits)
        tables.offsets.put([group, topic, partition], { watermark, acknowledged });
      return true;
    },
    release(partition, epoch) {
      const before = row();
      const assignment = before.partitions[partition];
      if (assignment?.owner !== id || assignment.epoch !== epoch || assignment.handover === undefined) return;
      const after = before.partitions.with(partition, { owner: assignment.handover.to, epoch: epoch + 1 });
      tables.groups.put(group, { ...before, partitions: after });
      announceChange(tables);
    },
    leave() {
      const before = row();
      share(before, othersAlive(before));
    },
  };
}

function isPresent(member: MemberRow): boolean {
  const silentMs = monotonicMs() - member.heartbeat;
  return silentMs >= 0 && silentMs <= silentAfterMs && isAlive(member);
}
