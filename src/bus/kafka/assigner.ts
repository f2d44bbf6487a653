import kafkajs, { type GroupMemberAssignment, type PartitionAssigner } from "kafkajs";
import { rebalance } from "../rebalance.ts";

/** A partition a member holds as it joins the group anew. */
export interface Claim {
  partition: number;
  /** Since when, epoch ms: of two who claim it, one has lost it without knowing. */
  since: number;
  /** There is work in flight, or acknowledged and not committed. */
  busy: boolean;
}

export interface Share {
  partitions: number[];
  /** Those of them that another member is to have once they are no longer busy. */
  draining: number[];
}

interface AssignerOptions {
  claims(): Claim[];
  /** Called with each attempt to join, before the claims are asked for. */
  joining(): void;
}

/**
 * Sticky, and partition p of every topic goes to the same member. A partition at work stays with its member,
 * which is told to drain it and joins again when it has.
 */
export function createAssigner({ claims, joining }: AssignerOptions): PartitionAssigner {
  const { MemberMetadata, MemberAssignment } = kafkajs.AssignerProtocol;
  const version = 0;
  const name = "tmon-sticky";
  return ({ cluster }) => ({
    name,
    version,
    protocol({ topics }) {
      joining();
      return { name, metadata: MemberMetadata.encode({ version, topics, userData: pack(claims()) }) };
    },
    async assign({ members, topics }): Promise<GroupMemberAssignment[]> {
      const counts = new Map(
        topics.map((topic) => [topic, cluster.findTopicPartitionMetadata(topic).length]),
      );
      const claimsOf = members.map(({ memberId, memberMetadata }) => ({
        id: memberId,
        claims: unpack<Claim[]>(MemberMetadata.decode(memberMetadata)?.userData) ?? [],
      }));
      return [...share(claimsOf, Math.max(...counts.values()))].map(
        ([memberId, { partitions, draining }]) => {
          const assignment = Object.fromEntries(
            [...counts].map(([topic, count]) => [topic, partitions.filter((partition) => partition < count)]),
          );
          return {
            memberId,
            memberAssignment: MemberAssignment.encode({ version, assignment, userData: pack(draining) }),
          };
        },
      );
    },
  });
}

/** What of its assignment a member is to drain. */
export function drainingOf(memberAssignment: Buffer): number[] {
  if (memberAssignment.length === 0) return [];
  return unpack<number[]>(kafkajs.AssignerProtocol.MemberAssignment.decode(memberAssignment)?.userData) ?? [];
}

/** Moves as few partitions as possible. Pure. */
export function share(
  members: readonly { id: string; claims: readonly Claim[] }[],
  partitions: number,
): Map<string, Share> {
  const claims = members.flatMap(({ id, claims }) => claims.map((claim) => ({ ...claim, id })));
  const owners = Array.from(
    { length: partitions },
    (_, partition) =>
      claims.filter((claim) => claim.partition === partition).sort((a, b) => b.since - a.since)[0],
  );
  const ids = members.map(({ id }) => id).sort();
  const after = rebalance(
    owners.map((claim) => ({ owner: claim?.id ?? "", epoch: 0 })),
    ids,
    0,
  );
  const shares = new Map(ids.map((id): [string, Share] => [id, { partitions: [], draining: [] }]));
  after.forEach(({ owner, handover }, partition) => {
    const isLeaving = handover !== undefined;
    const stays = isLeaving && owners[partition]!.busy;
    const one = shares.get(isLeaving && !stays ? handover.to : owner)!;
    one.partitions.push(partition);
    if (stays) one.draining.push(partition);
  });
  return shares;
}

function pack(value: unknown): Buffer {
  return Buffer.from(JSON.stringify(value));
}

function unpack<T>(data: Buffer | null | undefined): T | undefined {
  return data && data.length > 0 ? (JSON.parse(data.toString()) as T) : undefined;
}
