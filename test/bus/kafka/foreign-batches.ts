import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import type { KafkaCluster } from "../../support/kafka.ts";

const jars = join(process.env.XDG_CACHE_HOME ?? join(homedir(), ".cache"), "tmon/kafka-4.1.1/*");

/** As whoever else writes to the topics: Kafka's own producer in Java. */
export async function produceInJava(
  { brokers }: KafkaCluster,
  topic: string,
  codec: string,
  lines: string[],
) {
  const options = ["--bootstrap-server", brokers[0]!, "--topic", topic, "--compression-codec", codec];
  const producer = ["-XX:TieredStopAtLevel=1", "-cp", jars, "org.apache.kafka.tools.ConsoleProducer"];
  await execa("java", [...producer, ...options], { input: `${lines.join("\n")}\n` });
}

/** Spoils what the one replica of the partition keeps, behind the batch's header. */
export function spoilOnDisk(cluster: KafkaCluster, topic: string, partition: number, marker: string): void {
  for (const id of [1, 2, 3] as const) {
    const folder = join(cluster.directory(id), `${topic}-${partition}`);
    const names = readdirSync(cluster.directory(id)).includes(`${topic}-${partition}`)
      ? readdirSync(folder)
      : [];
    for (const name of names.filter((one) => one.endsWith(".log"))) {
      const bytes = readFileSync(join(folder, name));
      const at = marker === "" ? 61 : bytes.indexOf(marker);
      if (bytes.length < 100 || at < 0) continue;
      bytes.fill(0xff, at, at + 12);
      writeFileSync(join(folder, name), bytes, { flag: "r+" });
    }
  }
}
