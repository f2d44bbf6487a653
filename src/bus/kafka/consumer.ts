import { setTimeout as delay } from "node:timers/promises";
import type { EachBatchPayload, Kafka } from "kafkajs";
import type { Logger } from "pino";
import type { ConsumeOptions, Consumer, PauseScope, UnreadGap } from "../bus.ts";
import { countInFlight, type HeldPartition, type Slot } from "../held-partitions.ts";
import { createPauses } from "../pauses.ts";
import { drainMs } from "../rebalance.ts";
import type { Ask } from "./aside.ts";
import { createCommits } from "./commits.ts";
import { createDeliverer } from "./deliverer.ts";
import { describeTopics } from "./describe.ts";
import { asking, refusalOf, rootOf, unreachable } from "./failure.ts";
import { createMembership } from "./membership.ts";
import { isOccupied, occupantsOf } from "./occupants.ts";
import { askPositions, holdPartition, isOutdated, type Positions } from "./positions.ts";

export interface ConsumerParts {
  kafka: Kafka;
  ask: Ask;
  log: Logger;
  metadataMaxAgeMs: number;
  retryBackoffMs: number;
}

export interface KafkaConsumer extends Consumer {
  /** Why it cannot go on for now, or undefined. */
  trouble(): string | undefined;
  /** These topics were deleted. */
  deleted(names: readonly string[]): void;
}

const commitEveryMs = 250;
/** What drains together is given away together, unless some of it takes longer. */
const drainTogetherMs = 1_000;
const leaveWithinMs = 5_000;
const settleWithinMs = 5_000;
/** No heartbeat is sent meanwhile. */
const logWithinMs = 3_000;
const silentAfterMs = 10_000;

/**
 * Each time the group gathers anew an assignment begins: what was lost is dropped, what was kept goes on with its
 * tracker, what was gained starts where the group committed.
 *
 *   joining -> settling (asks the cluster for positions) -> delivering -> joining …
 *       \-> crashed (holds nothing) -> joining | failed
 */
export async function startConsumer(parts: ConsumerParts, options: ConsumeOptions): Promise<KafkaConsumer> {
  const { ask, log } = parts;
  const { group, topics } = options;
  const pauses = createPauses();
  const held = new Map<number, HeldPartition>();
  /** By topic and partition: what the library was told last, in this assignment. */
  const fetching = new Map<string, boolean>();
  /** By topic and partition: how far gaps were told of. */
  const toldUnread = new Map<string, number>();
  const commits = createCommits(group, () => held.values(), log);
  /** Of the assignment, and of the one that is settled. */
  let assignmentNumber = 0;
  let settledNumber = -1;
  let handOver: () => void = () => {};
  /** The caller has the consumer in hand. */
  const handedOver = new Promise<void>((resolve) => {
    handOver = resolve;
  });
  let stopping: Promise<void> | undefined;
  let drainingSince = 0;
  let idleSince: number | undefined;
  /** Whose group it still is. */
  let occupants: string | undefined;
  let progressAt = Date.now();
  let answeredAt = Date.now();
  let unsettledAt = Date.now();
  /** Why it has no partitions; undefined once the assignment is settled again. */
  let lastFailure: string | undefined;
  let reject: (error: unknown) => void = () => {};
  const failed = new Promise<never>((_, rejectFailed) => {
    reject = rejectFailed;
  });
  failed.catch(() => {});

  const isSettled = () => settledNumber === assignmentNumber;
  const isBusy = (one: HeldPartition): boolean =>
    countInFlight([one]) > 0 || commits.running() || one.slots.some(({ dirty }) => dirty);
  const isOverdue = (one: HeldPartition): boolean =>
    one.draining && performance.now() - drainingSince > drainMs;

  const { consumer, run, rejoin } = createMembership({
    ...parts,
    group,
    topics,
    claims: () =>
      [...held.values()].map((one) => ({
        partition: one.partition,
        since: one.epoch,
        busy: isBusy(one) && !isOverdue(one),
      })),
    joining() {
      if (isSettled()) unsettledAt = Date.now();
      assignmentNumber += 1;
      // Whoever tries is not stuck: without a cluster there is nothing else to do.
      progressAt = Date.now();
    },
    joined(memberId, partitions) {
      assignmentNumber += 1;
      occupants = undefined;
      // Fetched before its place is known, a removed offset would make the library commit over what is there.
      consumer.pause(topics.map((topic) => ({ topic, partitions })));
      drop([...held.values()].filter(({ partition }) => !partitions.includes(partition)));
      void settle(assignmentNumber, memberId, partitions);
    },
    rebalancing: () => void commit(),
    fetched() {
      answeredAt = Date.now();
      if (isSettled()) progressAt = Date.now();
    },
    crashed({ error, hopeless }) {
      if (isSettled()) unsettledAt = Date.now();
      assignmentNumber += 1;
      progressAt = Date.now();
      commits.forget();
      drop([...held.values()]);
      if (stopping !== undefined) return;
      if (isOccupied(error)) return void waitForOccupants();
      if (hopeless) return fail(refusalOf(error) ?? unreachable(error));
      const why = reasonOf(error);
      if (why !== lastFailure) log.warn({ group, error: why }, "the consumer lost its group; joining again");
      lastFailure = why;
    },
    wanted: () => stopping === undefined,
    eachBatch,
  });

  const deliver = createDeliverer({
    options: { ...options, unread: tellUnread },
    consumer,
    endings: {
      ended: () => {
        progressAt = Date.now();
      },
      drained: () => void commit().then(followDraining),
      more: readOn,
    },
    mayDeliver,
    async logOf(topic, partition) {
      const offsets = await ask((admin) => describeTopics(admin, [topic]), logWithinMs);
      return offsets.find((one) => one.partition === partition);
    },
    madeAnew(one, { topic, partition }) {
      log.warn({ group, topic, partition }, "the topic was made anew: reading from its start");
      startAnew([one]);
    },
  });

  /** A program that this one replaces may end at its own time. */
  async function waitForOccupants(): Promise<void> {
    const isNews = occupants === undefined;
    occupants ??= "another program";
    const found = await ask((admin) => occupantsOf(admin, group)).catch(() => []);
    if (occupants !== undefined && found.length > 0) occupants = found.join(", ");
    if (isNews)
      log.warn({ group, members: occupants }, "the group is another program's; waiting for it to end");
  }

  async function settle(number: number, memberId: string, partitions: readonly number[]): Promise<void> {
    const isCurrent = () => number === assignmentNumber && stopping === undefined;
    let positions: Positions | undefined;
    while (positions === undefined) {
      try {
        positions = await ask((admin) => askPositions(admin, { group, topics, memberId }));
      } catch (error) {
        lastFailure = reasonOf(error);
        log.debug({ group, error: lastFailure }, "the group's positions could not be read yet");
        await delay(commitEveryMs);
      }
      if (!isCurrent()) return;
    }
    await handedOver;
    if (!isCurrent()) return;
    take(positions, partitions);
    settledNumber = number;
    lastFailure = undefined;
  }

  function take(positions: Positions, partitions: readonly number[]): void {
    drop([...held.values()].filter((one) => isOutdated(one, positions)));
    const gained = partitions
      .filter((partition) => !held.has(partition))
      .map((partition) => holdPartition(positions, topics, partition));
    for (const one of gained) held.set(one.held.partition, one.held);
    if (gained.length > 0)
      log.info({ group, partitions: assignment() }, "the group's partitions were shared anew");
    if (gained.length > 0) options.assigned?.(gained.map((one) => one.held.partition));
    for (const gap of gained.flatMap(({ gaps }) => gaps)) tellUnread(gap);
    drain(positions.draining);
    // The library reads on from what was committed, for partitions that were kept too; its pauses outlive a loss.
    for (const { slots } of held.values()) slots.forEach(readOn);
    fetching.clear();
    fitPauses();
  }

  /** Once: past a gap nothing can be committed before the first batch, and until then every assignment finds it. */
  function tellUnread(gap: UnreadGap): void {
    const place = `${gap.topic}/${gap.partition}`;
    const from = Math.max(gap.from, toldUnread.get(place) ?? 0);
    if (from >= gap.to) return;
    toldUnread.set(place, gap.to);
    options.unread?.({ ...gap, from });
  }

  /** What was abandoned for a handover that came to nothing is delivered again. */
  function drain(wanted: readonly number[]): void {
    const begun = wanted.filter((partition) => held.get(partition)?.draining === false);
    for (const one of held.values()) {
      const draining = wanted.includes(one.partition);
      if (one.draining && !draining) for (const { tracker } of one.slots) tracker.reclaim();
      one.draining = draining;
    }
    idleSince = undefined;
    if (begun.length === 0) return;
    drainingSince = performance.now();
    options.draining?.(begun);
  }

  function drop(lost: readonly HeldPartition[]): void {
    for (const one of lost) {
      one.owned = false;
      held.delete(one.partition);
      pauses.forget(one.partition);
    }
    if (lost.length > 0) options.lost?.(lost.map(({ partition }) => partition));
  }

  /** What is known of these partitions is of a log that is gone. */
  function startAnew(gone: readonly HeldPartition[]): void {
    toldUnread.clear();
    drop(gone);
    rejoin();
  }

  async function eachBatch(payload: EachBatchPayload): Promise<void> {
    const { batch, heartbeat, isRunning, isStale, commitOffsetsIfNecessary } = payload;
    commits.sendBy(commitOffsetsIfNecessary);
    for (const since = performance.now(); !isSettled(); ) {
      // Fetched again then: waiting for ever here would keep the library from joining again.
      if (performance.now() - since > settleWithinMs) return;
      await delay(5);
      // It throws when the group gathers anew: that must reach the library.
      await heartbeat();
      if (!isRunning()) return;
    }
    if (isStale()) return;
    const one = held.get(batch.partition);
    const slot = one?.slots.find(({ topic }) => topic === batch.topic);
    if (one && slot) await deliver(one, slot, payload);
    fitPauses();
  }

  function mayDeliver(one: HeldPartition, { topic, partition, tracker }: Slot): boolean {
    const isFree = stopping === undefined && isSettled() && one.owned && !one.draining;
    return isFree && !tracker.full() && !pauses.paused(topic, partition);
  }

  /** What may not be delivered is not fetched either, or it would be fetched again and again. */
  function fitPauses(): void {
    const changes = [...held.values()]
      .flatMap((one) =>
        one.slots.map((slot) => ({
          topic: slot.topic,
          partitions: [slot.partition],
          pause: one.draining || slot.tracker.full() || pauses.paused(slot.topic, slot.partition),
          key: `${slot.topic}/${slot.partition}`,
        })),
      )
      .filter(({ key, pause }) => fetching.get(key) !== !pause);
    try {
      consumer.pause(changes.filter(({ pause }) => pause));
      consumer.resume(changes.filter(({ pause }) => !pause));
      for (const { key, pause } of changes) fetching.set(key, !pause);
    } catch {
      // Between a crash and the next start there is nothing to pause.
    }
  }

  function readOn({ topic, partition, tracker }: Slot): void {
    try {
      consumer.seek({ topic, partition, offset: String(tracker.position()) });
    } catch {
      // As above.
    }
  }

  /** Joins again when what another member waits for has been drained, or has taken too long. */
  function followDraining(): void {
    const draining = [...held.values()].filter((one) => one.draining);
    const idle = draining.filter((one) => !isBusy(one));
    if (idle.length > 0) idleSince ??= performance.now();
    const hasWaited = idleSince !== undefined && performance.now() - idleSince > drainTogetherMs;
    if (draining.length === 0 || !isSettled()) return;
    if (idle.length === draining.length || hasWaited || draining.some(isOverdue)) rejoin();
  }

  /** Before its place is known again a commit could rewind who had the partition meanwhile, or has it next. */
  function commit(): Promise<void> {
    return isSettled() ? commits.commit() : Promise.resolve();
  }

  function tick(): void {
    void commit().then(followDraining);
    fitPauses();
  }

  function fail(error: unknown): void {
    reject(error);
    stop().catch((cause: unknown) => log.error({ group, err: cause }, "could not leave the group"));
  }

  function stop(): Promise<void> {
    stopping ??= leave();
    return stopping;
  }

  async function leave(): Promise<void> {
    clearInterval(ticker);
    const since = performance.now();
    do await commit();
    while (mayStillCommit() && performance.now() - since < leaveWithinMs && (await delay(50, true)));
    await Promise.race([consumer.disconnect(), delay(leaveWithinMs, undefined, { ref: false })]);
    drop([...held.values()]);
  }

  /** The group may be gathering anew, or its coordinator just moving. */
  const mayStillCommit = () =>
    isSettled() &&
    commits.possible() &&
    [...held.values()].some(({ slots }) => slots.some(({ dirty }) => dirty));
  const assignment = () => [...held.keys()].sort((a, b) => a - b);

  const ticker = setInterval(tick, commitEveryMs);
  await asking(run).catch(async (error) => {
    await stop();
    throw error;
  });
  setImmediate(handOver);

  return {
    pause(scope: PauseScope = {}) {
      pauses.pause(scope);
      fitPauses();
    },
    resume(scope: PauseScope = {}) {
      pauses.resume(scope);
      fitPauses();
    },
    assignment,
    inFlight: () => countInFlight(held.values()),
    lastProgressAt: () => progressAt,
    stop,
    failed,
    deleted(names) {
      if (topics.some((topic) => names.includes(topic))) startAnew([...held.values()]);
    },
    trouble() {
      if (occupants !== undefined) return `the group ${group} is still ${occupants}'s: it must end first`;
      const ms = Date.now() - (isSettled() ? answeredAt : unsettledAt);
      if (ms < silentAfterMs) return undefined;
      const seconds = Math.floor(ms / 1000);
      if (isSettled()) return `Kafka has not answered ${group} for ${seconds} s`;
      const why = lastFailure === undefined ? "" : `: ${lastFailure}`;
      return `${group} has had no partitions for ${seconds} s${why}`;
    },
  };
}

const reasonOf = (error: unknown): string => (refusalOf(error) ?? rootOf(error)).message;
