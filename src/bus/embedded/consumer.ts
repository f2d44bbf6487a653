import { randomUUID } from "node:crypto";
import type { Logger } from "pino";
import type { Environment } from "../../lmdb/environment.ts";
import type { ConsumeOptions, Consumer } from "../bus.ts";
import { countInFlight, type HeldPartition, takeCommits } from "../held-partitions.ts";
import { createPauses } from "../pauses.ts";
import { createDeliverer } from "./deliverer.ts";
import { holdPartition } from "./hold-partition.ts";
import type { Log } from "./log.ts";
import { createMembership } from "./membership.ts";
import type { ChangeSignal } from "./signal.ts";
import type { GroupRow, Tables } from "./tables.ts";

export interface ConsumerParts {
  environment: Environment;
  tables: Tables;
  log: Log;
  signal: ChangeSignal;
  logger: Logger;
  /** The most partitions any of the topics has. */
  partitions: number;
}

const commitEveryMs = 250;
const heartbeatEveryMs = 1_000;

/** Joins the group and delivers what it is assigned; every 250 ms it commits, every second it shows life. */
export async function startConsumer(parts: ConsumerParts, options: ConsumeOptions): Promise<Consumer> {
  const { environment, tables, signal, logger } = parts;
  const { group, topics } = options;
  const id = randomUUID();
  const membership = createMembership(tables, { group, id, topics, partitions: parts.partitions });
  const pauses = createPauses();
  const held = new Map<number, HeldPartition>();
  /** The group's row that what is held is in line with. */
  let followed: GroupRow | undefined;
  let beatAt = performance.now();
  let writing: Promise<void> | undefined;
  let failing = false;
  let stopping: Promise<void> | undefined;
  let reject: (error: unknown) => void = () => {};
  const failed = new Promise<never>((_, rejectFailed) => {
    reject = rejectFailed;
  });
  failed.catch(() => {});

  const deliverer = createDeliverer({
    ...parts,
    options,
    pauses,
    held: () => held.values(),
    drained: () => void write(),
    failed: fail,
  });

  /** Brings what is held in line with the group's row, and delivers. */
  function follow(): void {
    if (stopping !== undefined) return;
    try {
      environment.read(refresh);
      deliverer.run();
      if ([...held.values()].some(isDrained)) void write();
    } catch (error) {
      fail(error);
    }
  }

  function refresh(): void {
    const row = membership.row();
    if (row === followed) return;
    followed = row;
    const mine = row.partitions
      .map((assignment, partition) => ({ ...assignment, partition }))
      .filter(({ owner }) => owner === id);
    const kept = new Set(mine.map(({ partition, epoch }) => `${partition}/${epoch}`));
    const lost = [...held.values()].filter(({ partition, epoch }) => !kept.has(`${partition}/${epoch}`));
    drop(lost);
    const gained = mine
      .filter(({ partition }) => !held.has(partition))
      .map(({ partition, epoch }) => holdPartition({ ...parts, group, topics }, partition, epoch));
    for (const one of gained) held.set(one.held.partition, one.held);
    if (lost.length + gained.length > 0)
      logger.info({ group, partitions: assignment() }, "the group's partitions were assigned");
    if (gained.length > 0) options.assigned?.(gained.map((one) => one.held.partition));
    for (const gap of gained.flatMap(({ gaps }) => gaps)) options.unread?.(gap);
    drain(mine.filter(({ handover }) => handover !== undefined).map(({ partition }) => partition));
  }

  /** What was abandoned for a handover that came to nothing is delivered again. */
  function drain(wanted: readonly number[]): void {
    const begun = wanted.filter((partition) => !held.get(partition)!.draining);
    for (const one of held.values()) {
      const draining = wanted.includes(one.partition);
      if (one.draining && !draining) for (const { tracker } of one.slots) tracker.reclaim();
      one.draining = draining;
    }
    if (begun.length > 0) options.draining?.(begun);
  }

  function drop(lost: readonly HeldPartition[]): void {
    for (const one of lost) {
      one.owned = false;
      held.delete(one.partition);
      pauses.forget(one.partition);
    }
    if (lost.length > 0) options.lost?.(lost.map(({ partition }) => partition));
  }

  /** One transaction: commits, passes on what is drained, shows life. A failed one is tried again. */
  function write(): Promise<void> {
    writing ??= environment
      .write(() => {
        commit();
        for (const one of held.values()) if (isDrained(one)) membership.release(one.partition, one.epoch);
        membership.beat();
      })
      .then(
        () => {
          writing = undefined;
          beatAt = performance.now();
          if (failing) logger.info({ group }, "can commit again");
          failing = false;
          follow();
        },
        // Not followed: what wants to be written still would be written at once. The next tick tries again.
        (error: unknown) => {
          writing = undefined;
          for (const one of held.values()) for (const slot of one.slots) slot.dirty = true;
          if (!failing) logger.error({ group, err: error }, "could not commit; trying again");
          failing = true;
        },
      );
    return writing;
  }

  /** Within a write transaction. */
  function commit(): void {
    for (const one of held.values()) {
      const commits = takeCommits(one);
      if (commits.length > 0 && !membership.commit(one.partition, one.epoch, commits))
        logger.warn({ group, partition: one.partition }, "the commit of a lost partition was refused");
    }
  }

  function tick(): void {
    const isDirty = [...held.values()].some(({ slots }) => slots.some(({ dirty }) => dirty));
    const isDue = performance.now() - beatAt >= heartbeatEveryMs;
    if (isDirty || isDue || environment.read(membership.someoneIsGone)) void write();
    deliverer.run();
  }

  function fail(error: unknown): void {
    reject(error);
    stop().catch((cause: unknown) => logger.error({ group, err: cause }, "could not leave the group"));
  }

  function stop(): Promise<void> {
    stopping ??= leave();
    return stopping;
  }

  async function leave(): Promise<void> {
    clearInterval(ticker);
    unsubscribe();
    await writing;
    await environment.write(() => {
      commit();
      membership.leave();
    });
    drop([...held.values()]);
  }

  const assignment = () => [...held.keys()].sort((a, b) => a - b);

  await environment.write(membership.beat);
  const ticker = setInterval(tick, commitEveryMs);
  const unsubscribe = signal.subscribe(topics, follow);
  // In a later turn, when the caller has the consumer in hand.
  setImmediate(follow);

  return {
    pause: (scope = {}) => pauses.pause(scope),
    resume(scope = {}) {
      pauses.resume(scope);
      deliverer.run();
    },
    assignment,
    inFlight: () => countInFlight(held.values()),
    lastProgressAt: deliverer.lastProgressAt,
    stop,
    failed,
  };
}

const isDrained = (one: HeldPartition): boolean => one.draining && countInFlight([one]) === 0;
