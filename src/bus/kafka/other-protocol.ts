import type { KafkaConfig } from "../../config/config.ts";
import { readHostPort } from "../../config/host-port.ts";
import type { TmonError } from "../../errors.ts";
import { otherProtocol } from "../../tls/other-protocol.ts";
import { rootOf } from "./failure.ts";
import { question } from "./silent-brokers.ts";

/** Why no retry helps with the broker that gave no answer; undefined if one may. */
export async function askOtherwise(
  error: unknown,
  { security }: KafkaConfig,
): Promise<TmonError | undefined> {
  const { broker = "" } = rootOf(error);
  const place = readHostPort(broker);
  return (
    place &&
    otherProtocol({
      ...place,
      name: `Kafka at ${broker}`,
      isAskedByTls: security.protocol.endsWith("SSL"),
      question,
      isAnswer: (bytes) => bytes.length >= 8 && bytes.readInt32BE(4) === 0,
      todo: {
        tls: "set kafka.security.protocol to SSL, or to SASL_SSL where it asks for a password",
        plain: "set kafka.security.protocol to PLAINTEXT, or to SASL_PLAINTEXT where it asks for a password",
      },
    })
  );
}
