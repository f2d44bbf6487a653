import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { createMembership } from "../../../src/bus/embedded/membership.ts";
import { openTables } from "../../../src/bus/embedded/tables.ts";
import { type Environment, openEnvironment } from "../../../src/lmdb/environment.ts";
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

test("a row that another process changed is seen at the next look", async () => {
  const file = join(temporaryDirectory(), "bus.mdb");
  const [own, others] = [0, 1].map(() => openEnvironment(file, { durability: "process" }));
  for (const environment of [own!, others!]) onTestFinished(() => environment.close());
  const member = (environment: Environment, id: string) =>
    createMembership(openTables(environment), { group, id, topics: ["t"], partitions: 2 });
  const [one, other] = [member(own!, "one"), member(others!, "other")];
  const owners = () => own!.read(() => one.row().partitions.map(({ owner }) => owner));

  expect(owners()).toEqual([]);
  await own!.write(one.beat);
  expect(owners()).toEqual(["one", "one"]);
  expect(own!.read(one.row)).toBe(own!.read(one.row));
  await others!.write(other.beat);
  await own!.write(one.leave);
  expect(owners()).toEqual(["other", "other"]);
});
