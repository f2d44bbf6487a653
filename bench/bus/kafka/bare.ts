import { Kafka, logLevel } from "kafkajs";
import type { Client } from "./client.ts";

/** kafkajs as one would use it by hand, told what tmon tells it. */
export async function openBare(address: string): Promise<Client> {
  const kafka = new Kafka({ brokers: [address], logLevel: logLevel.NOTHING, requestTimeout: 5_000 });
  const producer = kafka.producer({ allowAutoTopicCreation: false });
  await producer.connect();

  return {
    async write(topic, messages) {
      await producer.send({ topic, acks: -1, messages: [...messages] });
    },
    async read(topic, groupId, onValue) {
      const consumer = kafka.consumer({
        groupId,
        sessionTimeout: 8_000,
        heartbeatInterval: 1_000,
        maxWaitTimeInMs: 100,
        maxBytesPerPartition: 1024 * 1024,
        allowAutoTopicCreation: false,
      });
      const next = new Map<number, number>();
      const commit = async () => {
        const offsets = [...next].map(([partition, offset]) => ({
          topic,
          partition,
          offset: String(offset),
        }));
        next.clear();
        if (offsets.length > 0) await consumer.commitOffsets(offsets);
      };
      await consumer.connect();
      await consumer.subscribe({ topics: [topic], fromBeginning: true });
      await consumer.run({
        autoCommit: false,
        async eachBatch({ batch }) {
          for (const { value } of batch.messages) onValue(value!);
          next.set(batch.partition, Number(batch.lastOffset()) + 1);
        },
      });
      const committing = setInterval(commit, 250);
      return {
        async stop() {
          clearInterval(committing);
          await commit();
          await consumer.disconnect();
        },
      };
    },
    close: () => producer.disconnect(),
  };
}
