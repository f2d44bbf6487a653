import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Certificate, issue, makeAuthority } from "./certificates.ts";

export const ids = [1, 2, 3] as const;
export type BrokerId = (typeof ids)[number];

export const saslUser = { username: "tmon", password: "tmon-secret" };

/** The brokers' certificates are for 127.0.0.1 alone. */
export interface KafkaTls {
  caFile: string;
  /** One the brokers let in; its key is encrypted with keyPassword. */
  client: Certificate;
  keyPassword: string;
  /** Of an authority they do not know. */
  stranger: Certificate;
}

const folderOf = (directory: string) => join(directory, "tls");

export function tlsFiles(directory: string): KafkaTls {
  const file = (name: string) => join(folderOf(directory), name);
  const certificate = (name: string) => ({ certificate: file(`${name}.pem`), key: file(`${name}.key`) });
  return {
    caFile: file("ca.pem"),
    client: certificate("client"),
    keyPassword: "key-secret",
    stranger: certificate("stranger"),
  };
}

/** Listeners beside the plain one. Ports: three each, plain, controller, SASL_PLAINTEXT, SSL, SASL_SSL. */
export async function configureListeners(directory: string, ports: readonly number[]): Promise<void> {
  const folder = folderOf(directory);
  mkdirSync(folder, { recursive: true });
  const authority = await makeAuthority(folder);
  const broker = await issue(authority, { directory: folder, name: "broker" });
  await issue(authority, { directory: folder, name: "client", password: tlsFiles(directory).keyPassword });
  await makeAuthority(folder, "stranger");
  const keystore = join(folder, "keystore.pem");
  writeFileSync(keystore, readFileSync(broker.key, "utf8") + readFileSync(broker.certificate, "utf8"));
  for (const id of ids)
    writeFileSync(
      join(directory, `${id}.extra.properties`),
      propertiesOf(ports, id, { keystore, truststore: authority.certificate }),
    );
}

function propertiesOf(
  ports: readonly number[],
  id: BrokerId,
  { keystore, truststore }: { keystore: string; truststore: string },
): string {
  const names = ["PLAINTEXT", "CONTROLLER", "SASL_PLAINTEXT", "SSL", "SASL_SSL"];
  const all = names.map((name, index) => `${name}://127.0.0.1:${ports[index * 3 + id - 1]}`);
  const login = "org.apache.kafka.common.security.scram.ScramLoginModule required;";
  const plain = "org.apache.kafka.common.security.plain.PlainLoginModule required";
  const sasl = ["sasl_plaintext", "sasl_ssl"].flatMap((listener) => [
    `listener.name.${listener}.plain.sasl.jaas.config=${plain} user_${saslUser.username}="${saslUser.password}";`,
    `listener.name.${listener}.scram-sha-256.sasl.jaas.config=${login}`,
    `listener.name.${listener}.scram-sha-512.sasl.jaas.config=${login}`,
  ]);
  return [
    `listeners=${all.join()}`,
    `advertised.listeners=${all.filter((address) => !address.startsWith("CONTROLLER")).join()}`,
    "sasl.enabled.mechanisms=PLAIN,SCRAM-SHA-256,SCRAM-SHA-512",
    ...sasl,
    "ssl.keystore.type=PEM",
    `ssl.keystore.location=${keystore}`,
    "ssl.truststore.type=PEM",
    `ssl.truststore.location=${truststore}`,
    "listener.name.ssl.ssl.client.auth=required",
    // Retention is looked after as often as its tests need.
    "log.retention.check.interval.ms=500",
    "log.initial.task.delay.ms=500",
    "",
  ].join("\n");
}
