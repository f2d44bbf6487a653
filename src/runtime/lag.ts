import type { Bus, GroupOffsets } from "../bus/bus.ts";
import type { Config } from "../config/config.ts";
import type { TopicId } from "../messages/topics.ts";

/** What one role's group has still to do in one topic. */
export interface TopicLag {
  group: string;
  topic: string;
  /** Messages that are not acknowledged. */
  lag: number;
  /** Append time of the oldest of them, epoch ms; undefined when there is none. */
  unreadSince: number | undefined;
  partitions: GroupOffsets[];
}

/** Which groups read which topics. */
function groupsOf({ groups, topics }: Pick<Config, "groups" | "topics">): [string, string[]][] {
  const name = (id: TopicId) => topics[id].name;
  return [
    [groups.generator, [name("detection-results")]],
    [groups.scheduler, [name("assessment-tasks")]],
    [groups.aggregator, [name("detection-results"), name("risk-assessment-results")]],
  ];
}

export async function measureLag(config: Pick<Config, "groups" | "topics">, bus: Bus): Promise<TopicLag[]> {
  const described = groupsOf(config).map(async ([group, topics]) => {
    const offsets = await bus.describeGroup(group, topics);
    return topics.map((topic): TopicLag => {
      const partitions = offsets.filter((of) => of.topic === topic);
      const unread = partitions.flatMap(({ unreadSince }) => unreadSince ?? []);
      return {
        group,
        topic,
        lag: partitions.reduce((sum, of) => sum + of.lag, 0),
        unreadSince: unread.length === 0 ? undefined : Math.min(...unread),
        partitions,
      };
    });
  });
  return (await Promise.all(described)).flat();
}

/** The group that has most to do, over all its topics. */
export function worstGroup(lags: readonly TopicLag[]): { group: string; lag: number } {
  const totals = new Map<string, number>();
  for (const { group, lag } of lags) totals.set(group, (totals.get(group) ?? 0) + lag);
  return [...totals]
    .map(([group, lag]) => ({ group, lag }))
    .reduce((worst, other) => (other.lag > worst.lag ? other : worst));
}
