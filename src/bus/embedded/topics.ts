import type { Environment } from "../../lmdb/environment.ts";
import type { Tables } from "./tables.ts";

/** Adds what is missing; a topic never loses partitions. Writes nothing when all is there. */
export async function registerTopics(
  environment: Environment,
  tables: Tables,
  topics: readonly { name: string; partitions: number }[],
): Promise<void> {
  const missing = () => topics.filter(({ name, partitions }) => (tables.topics.get(name) ?? 0) < partitions);
  if (environment.read(missing).length === 0) return;
  await environment.write(() => {
    for (const { name, partitions } of missing()) tables.topics.put(name, partitions);
  });
}
