import { join } from "node:path";
import { pino } from "pino";
import { expect, onTestFinished, test } from "vitest";
import { startConsumer } from "../../../src/bus/embedded/consumer.ts";
import { createLog } from "../../../src/bus/embedded/log.ts";
import { createSegmentReader } from "../../../src/bus/embedded/segment-files.ts";
import { createChangeSignal } from "../../../src/bus/embedded/signal.ts";
import { openTables } from "../../../src/bus/embedded/tables.ts";
import { TmonError } from "../../../src/errors.ts";
import { type Environment, openEnvironment } from "../../../src/lmdb/environment.ts";
import { temporaryDirectory } from "../../support/tmp.ts";
import { until } from "../../support/until.ts";

const directory = temporaryDirectory();

test("a member that cannot write while it is to hand over tries again in peace, and says so once", async () => {
  const environment = openEnvironment(join(directory, "bus.mdb"), { durability: "process" });
  const tables = openTables(environment);
  const log = createLog(tables, createSegmentReader(directory));
  let [full, attempts, draining] = [false, 0, false];
  const errors: string[] = [];
  const logger = pino({ level: "error" }, { write: (line: string) => void errors.push(line) });
  const onFullDisk: Environment = {
    ...environment,
    async write(body) {
      if (!full) return environment.write(body);
      attempts += 1;
      await new Promise(setImmediate);
      throw new TmonError("TMON_DISK_FULL", "no room", "make some");
    },
  };
  const joinGroup = (own: Environment, onDraining = () => {}) => {
    const signal = createChangeSignal(own, tables);
    onTestFinished(() => signal.close());
    return startConsumer(
      { environment: own, tables, log, signal, logger, partitions: 4 },
      { group: "g", topics: ["t"], deliver() {}, draining: onDraining },
    );
  };
  const one = await joinGroup(onFullDisk, () => {
    draining = true;
  });
  await until(() => one.assignment().length === 4);
  full = true;
  const two = await joinGroup(environment);
  await until(() => draining);
  // A clock of the test's own, several times faster than the member's ticks.
  let ticks = 0;
  const clock = setInterval(() => {
    ticks += 1;
  }, 50);
  attempts = 0;
  await until(() => attempts >= 4);
  clearInterval(clock);
  expect(ticks).toBeGreaterThanOrEqual(4);
  expect(errors).toHaveLength(1);
  full = false;
  await until(() => two.assignment().length === 2);
  await one.stop();
  await two.stop();
  await environment.close();
});
