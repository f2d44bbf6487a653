import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { createMembership } from "../../../src/bus/embedded/membership.ts";
import { openTables } from "../../../src/bus/embedded/tables.ts";
import { openEnvironment } from "../../../src/lmdb/environment.ts";
import { temporaryDirectory } from "../../support/tmp.ts";

const directory = temporaryDirectory();
const group = "workers";

test("a commit is refused in another's partition, and in an own one of an earlier epoch", async () => {
  const environment = openEnvironment(join(directory, "bus.mdb"), { durability: "process" });
  onTestFinished(() => environment.close());
  const tables = openTables(environment);
  const member = (id: string) => createMembership(tables, { group, id, topics: ["t"], partitions: 1 });
  const [one, other] = [member("one"), member("other")];
  const commits = [{ topic: "t", watermark: 7, acknowledged: "" }];
  const committed = () => environment.read(() => tables.offsets.get([group, "t", 0])?.watermark);

  await environment.write(one.beat);
  await environment.write(other.beat);
  await environment.write(one.leave);
  const late = await environment.write(() => one.commit(0, 1, commits));
  expect([late, committed()]).toEqual([false, undefined]);

  await environment.write(one.beat);
  await environment.write(other.leave);
  const { owner, epoch } = environment.read(() => one.row().partitions[0]!);
  expect([owner, epoch]).toEqual(["one", 3]);
  const earlier = await environment.write(() => one.commit(0, 1, commits));
  expect([earlier, committed()]).toEqual([false, undefined]);
  const now = await environment.write(() => one.commit(0, epoch, commits));
  expect([now, committed()]).toEqual([true, 7]);
});
