import { setTimeout as delay } from "node:timers/promises";
import type { z } from "zod";
import { type Delivery, type UnreadGap, undecodableHeader } from "../bus/bus.ts";
import { messageOf, TmonError } from "../errors.ts";
import { decode } from "../messages/codec.ts";
import type { TopicId } from "../messages/topics.ts";
import { createDeadLetters } from "./dead-letter.ts";
import { createPauses } from "./pauses.ts";
import { type Receipt, receiptOf } from "./receipt.ts";
import type { RoleContext, RoleName } from "./role.ts";

/** What a role does with the messages of one topic. */
export interface Route {
  readonly topic: TopicId;
  readonly read: (delivery: Delivery) => void;
}

/** `onMessage` must see to it that the receipt is acknowledged once what comes of it is durable. */
export function route<Schema extends z.ZodType>(
  topic: TopicId,
  schema: Schema,
  onMessage: (message: z.output<Schema>, receipt: Receipt) => void,
): Route {
  return routeOf(topic, (value) => decode(schema, value), onMessage);
}

/** For who reads its messages in a way of its own. */
export function routeOf<Message>(
  topic: TopicId,
  read: (value: Buffer) => Message,
  onMessage: (message: Message, receipt: Receipt) => void,
): Route {
  return {
    topic,
    read(delivery) {
      refuseUndecodable(delivery);
      onMessage(read(delivery.value), receiptOf(delivery));
    },
  };
}

function refuseUndecodable({ headers }: Delivery): void {
  const offsets = headers[undecodableHeader];
  if (offsets === undefined) return;
  throw new TmonError(
    "TMON_MESSAGE_INVALID",
    `the batch of offsets ${offsets} cannot be decoded`,
    "see what produced it, and by which codec",
  );
}

export interface IntakeOptions {
  role: RoleName & keyof RoleContext["config"]["groups"];
  routes: readonly Route[];
  assigned?(partitions: readonly number[]): void;
  /** Another member is to have these partitions: work that has not started is to be abandoned. */
  draining?(partitions: readonly number[]): void;
  /** Work of these partitions that has not started is to be dropped: their new owner has it. */
  lost?(partitions: readonly number[]): void;
  /** Which partitions are read, of how many: when that changes, and every second. */
  reads?(partitions: readonly number[], of: number): void;
}

export interface Intake {
  pause(topic: TopicId): void;
  resume(topic: TopicId): void;
  /** Messages the role holds unacknowledged. */
  inFlight(): number;
  /** True while the role holds messages or could read more. */
  busy(): Promise<boolean>;
  /** Takes nothing new, resolves when everything taken is acknowledged and committed. */
  drain(): Promise<void>;
  /** Leaves at once; what is unacknowledged comes again to the next owner. Idempotent. */
  stop(): Promise<void>;
  readonly failed: Promise<never>;
}

const lagEveryMs = 1000;

/**
 * How generator, scheduler and aggregator take messages off the bus. What cannot be read goes to
 * dead-letters; a message of a newer tmon holds its topic and partition until this one is upgraded; gaps,
 * lag and health are reported.
 *
 *   consuming -> draining -> stopped
 */
export async function openIntake(context: RoleContext, options: IntakeOptions): Promise<Intake> {
  const { bus, config, health, log, metrics } = context;
  const { role } = options;
  const group = config.groups[role];
  const routes = new Map(options.routes.map((route) => [config.topics[route.topic].name, route]));
  const topics = [...routes.keys()];
  const ending = new AbortController();
  const deadLetter = createDeadLetters({ ...context, group }, ending.signal);
  const reads = new Set<number>();
  let partitionCount = (await bus.describeTopics(topics)).length / topics.length;
  const tellReads = () => options.reads?.([...reads], partitionCount);
  let draining = false;
  let measuring = false;
  /** By topic: append time of the oldest message not acknowledged, epoch ms. */
  const unreadSince = new Map<string, number>();

  const pauses = createPauses({
    pause: (scope) => consumer.pause(scope),
    resume: (scope) => consumer.resume(scope),
  });
  /** Deliveries from before the caller has its intake. */
  let early: Delivery[] | undefined = [];

  health.readiness(role, () => "is joining its consumer group");
  const consumer = await bus.consume({
    group,
    topics,
    deliver: (delivery) => (early ? void early.push(delivery) : deliver(delivery)),
    assigned(partitions) {
      log.debug({ partitions }, "partitions assigned");
      for (const partition of partitions) reads.add(partition);
      tellReads();
      options.assigned?.(partitions);
    },
    draining(partitions) {
      log.debug({ partitions }, "partitions wanted by another member");
      pauses.abandon(partitions);
      options.draining?.(partitions);
    },
    lost(partitions) {
      log.debug({ partitions }, "partitions lost");
      pauses.forget(partitions);
      for (const partition of partitions) reads.delete(partition);
      tellReads();
      options.lost?.(partitions);
    },
    unread: reportGap,
  });
  health.readiness(role, () => pauses.reason());
  for (const { topic } of options.routes) health.warning(`${role} ${topic}`, () => warnOfAge(topic));
  health.liveness(role, () => (draining ? undefined : consumer.lastProgressAt()));
  const lagTimer = setInterval(() => {
    tellReads();
    if (!measuring) void measureLag();
  }, lagEveryMs);
  setImmediate(() => {
    const waiting = early ?? [];
    early = undefined;
    waiting.forEach(deliver);
  });

  function deliver(delivery: Delivery): void {
    const { topic, partition, offset } = delivery;
    metrics.messagesReceived.inc({ group, topic });
    if (pauses.holds(topic, partition)) {
      pauses.hold(delivery);
      return;
    }
    try {
      routes.get(topic)?.read(delivery);
    } catch (error) {
      const code = error instanceof TmonError ? error.code : "TMON_INTERNAL";
      if (code === "TMON_SCHEMA_NEWER") {
        log.error({ topic, partition, offset, code }, `${messageOf(error)}: upgrade this tmon`);
        pauses.hold(delivery);
        return;
      }
      metrics.pipelineErrors.inc({ role, code });
      deadLetter(delivery, error).catch(() => {});
    }
  }

  function reportGap({ topic, partition, from, to }: UnreadGap): void {
    metrics.unreadLost.inc({ topic }, to - from);
    log.error(
      { topic, partition, from, to, lost: to - from },
      "messages were removed by retention before they were read",
    );
  }

  async function measureLag(): Promise<void> {
    measuring = true;
    try {
      const offsets = await bus.describeGroup(group, topics);
      partitionCount = offsets.length / topics.length;
      for (const topic of topics) {
        const partitions = offsets.filter((of) => of.topic === topic);
        unreadSince.set(
          topic,
          Math.min(...partitions.map((of) => of.unreadSince ?? Number.POSITIVE_INFINITY)),
        );
        metrics.consumerLag.set({ group, topic }, sum(partitions.map((of) => of.lag)));
      }
    } catch (error) {
      log.debug({ error: messageOf(error) }, "the lag could not be measured");
    } finally {
      measuring = false;
    }
  }

  /** Past half the retention there is little time left before messages are removed unread. */
  function warnOfAge(topic: TopicId): string | undefined {
    const { name, retentionMs } = config.topics[topic];
    const keptMs = bus.kind === "kafka" ? retentionMs : config.bus.retentionMs;
    const ageMs = Date.now() - (unreadSince.get(name) ?? Number.POSITIVE_INFINITY);
    if (ageMs < keptMs / 2) return undefined;
    const minutes = (ms: number) => `${Math.round(ms / 60_000)} min`;
    return `the oldest unread message of ${name} is ${minutes(ageMs)} old; it may be removed after ${minutes(keptMs)}`;
  }

  const inFlight = () => consumer.inFlight() - pauses.held();

  const stop = async () => {
    draining = true;
    clearInterval(lagTimer);
    ending.abort();
    await consumer.stop();
  };

  return {
    pause: (topic) => pauses.pause(config.topics[topic].name),
    resume: (topic) => draining || pauses.resume(config.topics[topic].name),
    inFlight,
    async busy() {
      if (inFlight() > 0) return true;
      const mine = new Set(consumer.assignment());
      const offsets = await bus.describeGroup(group, topics);
      return offsets.some(
        (of) => of.lag > 0 && mine.has(of.partition) && !pauses.holds(of.topic, of.partition),
      );
    },
    async drain() {
      draining = true;
      consumer.pause();
      while (inFlight() > 0 && !ending.signal.aborted) await delay(10);
      await stop();
    },
    stop,
    failed: consumer.failed,
  };
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
