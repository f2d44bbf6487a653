import type { Admin } from "kafkajs";
import { rootOf } from "./failure.ts";

/** True if members of another program are in the group, whose way to share partitions is another. */
export function isOccupied(error: unknown): boolean {
  return rootOf(error).type === "INCONSISTENT_GROUP_PROTOCOL";
}

/** Each member as CLIENT at ADDRESS, to find the program by. */
export async function occupantsOf(admin: Admin, group: string): Promise<string[]> {
  const { groups } = await admin.describeGroups([group]);
  return groups.flatMap(({ members }) =>
    members.map(({ clientId, clientHost }) => `${clientId} at ${clientHost.replace(/^\//, "")}`),
  );
}
