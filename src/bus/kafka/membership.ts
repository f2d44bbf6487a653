import { setTimeout as delay } from "node:timers/promises";
import kafkajs, { type EachBatchPayload, type Kafka, type Consumer as KafkaConsumer } from "kafkajs";
import { type Claim, createAssigner } from "./assigner.ts";
import { refusalOf } from "./failure.ts";
import { isOccupied } from "./occupants.ts";

interface MembershipOptions {
  kafka: Kafka;
  group: string;
  topics: readonly string[];
  metadataMaxAgeMs: number;
  retryBackoffMs: number;
  claims(): Claim[];
  /** It is about to join, for the first time or again: nothing may be delivered or committed until it has. */
  joining(): void;
  joined(memberId: string, partitions: number[]): void;
  /** The last moment to commit in the generation that ends. */
  rebalancing(): void;
  /** A broker has answered, if only that there is nothing. */
  fetched(): void;
  /** The library gave up and left the group; it starts anew unless that is hopeless or the group is occupied. */
  crashed(crash: { error: Error; hopeless: boolean }): void;
  /** False once it is to end. */
  wanted(): boolean;
  eachBatch(payload: EachBatchPayload): Promise<void>;
}

export interface Membership {
  consumer: KafkaConsumer;
  run(): Promise<void>;
  /** Joins again soon, with what it claims then. */
  rejoin(): void;
}

const sessionTimeout = 8_000;
const heartbeatInterval = 1_000;
/** Then the coordinator is away, and its place may have been taken. */
const heartbeatWithinMs = 4_000;
const rebalanceTimeout = 15_000;
const maxWaitTimeInMs = 100;
const partitionBytes = 1024 * 1024;
/** The library would start anew ten times a second while a topic is missing. */
const restartAfterMs = 500;
const runAgainMs = 1_000;

/** A member of a group as the library has it: its events, and what it lacks. */
export function createMembership(options: MembershipOptions): Membership {
  let rejoinWanted = false;
  let heartbeatAt = performance.now();
  let hasJoined = false;
  /** The library may give up a join, and fetch on as if it had its partitions: then it is to join again. */
  const joining = () => {
    rejoinWanted = true;
    options.joining();
  };
  const consumer = options.kafka.consumer({
    groupId: options.group,
    partitionAssigners: [createAssigner({ claims: options.claims, joining })],
    sessionTimeout,
    heartbeatInterval,
    rebalanceTimeout,
    maxWaitTimeInMs,
    maxBytesPerPartition: partitionBytes,
    allowAutoTopicCreation: false,
    metadataMaxAge: options.metadataMaxAgeMs,
    retry: {
      // Longer than an election takes: whoever gives up comes back as a new member, and the group waits for the old.
      retries: 30,
      initialRetryTime: options.retryBackoffMs,
      maxRetryTime: 500,
      restartOnFailure: () => delay(restartAfterMs).then(options.wanted),
    },
  });
  const { GROUP_JOIN, HEARTBEAT, REBALANCING, FETCH_START, FETCH, CRASH } = consumer.events;

  const hasHeartbeat = () => {
    heartbeatAt = performance.now();
  };
  consumer.on(HEARTBEAT, hasHeartbeat);
  consumer.on(GROUP_JOIN, ({ payload: { memberId, memberAssignment } }) => {
    rejoinWanted = false;
    hasJoined = true;
    hasHeartbeat();
    const partitions = Object.values(memberAssignment).flat();
    options.joined(
      memberId,
      [...new Set(partitions)].sort((a, b) => a - b),
    );
  });
  consumer.on(REBALANCING, options.rebalancing);
  consumer.on(FETCH, options.fetched);
  consumer.on(CRASH, ({ payload: { error, restart } }) => {
    const isPassing = isOccupied(error) || (hasJoined && refusalOf(error) !== undefined);
    options.crashed({ error, hopeless: !restart && !isPassing });
    if (isPassing && !restart) runLater();
  });
  // Thrown where it fetches, this is what a heartbeat says when the group gathers anew: it joins again. By itself it
  // would never look for another coordinator.
  consumer.on(FETCH_START, () => {
    if (!rejoinWanted && performance.now() - heartbeatAt < heartbeatWithinMs) return;
    throw Object.assign(new kafkajs.KafkaJSError("tmon joins again"), { type: "REBALANCE_IN_PROGRESS" });
  });

  async function run(): Promise<void> {
    await consumer.connect();
    await consumer.subscribe({ topics: [...options.topics], fromBeginning: true });
    await consumer.run({
      autoCommit: false,
      eachBatchAutoResolve: false,
      eachBatch: options.eachBatch,
    });
  }

  /**
   * The library takes it for hopeless that a group is another program's, and that a password it was let in with
   * before is refused. The program may end, and the password be put back.
   */
  function runLater(): void {
    setTimeout(() => {
      if (options.wanted()) run().catch(runLater);
    }, runAgainMs).unref();
  }

  return {
    consumer,
    run,
    rejoin() {
      rejoinWanted = true;
    },
  };
}
