import { messageOf, TmonError } from "../../errors.ts";
import { tlsFailure } from "../../tls/failure.ts";

/** What the library throws wraps its causes. */
export function rootOf(error: unknown): Error & { type?: string } {
  const cause = error instanceof Error ? error.cause : undefined;
  return cause instanceof Error && cause !== error ? rootOf(cause) : (error as Error);
}

/** Why no retry helps: the cluster does not let tmon in, or is not the one it should be. Undefined if one may. */
export function refusalOf(error: unknown): TmonError | undefined {
  const root = rootOf(error) as ReturnType<typeof rootOf> & { broker?: string };
  if (isRefusal(root))
    return new TmonError(
      "TMON_BUS_REFUSED",
      `Kafka refuses: ${messageOf(root)}`,
      "check kafka.security in kafka.yaml: protocol, mechanism, user name and password, and what the user may do",
      { cause: error },
    );
  return tlsFailure(root, {
    name: `Kafka at ${root.broker}`,
    caKey: "kafka.security.ssl_ca_location",
    certificateKey: "kafka.security.ssl_certificate_location",
  });
}

/** Why a connection breaks off that is not let down by its password: the library says so as it would of one. */
const brokenOff = /closed connection|connection (closed|error|timeout)|timed out|not connected/i;

export function isTopicUnknown(error: unknown): boolean {
  return rootOf(error).type === "UNKNOWN_TOPIC_OR_PARTITION";
}

function isRefusal({ name, message, type = "" }: Error & { type?: string }): boolean {
  return (
    (name === "KafkaJSSASLAuthenticationError" && !brokenOff.test(message)) ||
    /^(SASL_AUTHENTICATION_FAILED|UNSUPPORTED_SASL_MECHANISM|ILLEGAL_SASL_STATE|\w+_AUTHORIZATION_FAILED)$/.test(
      type,
    )
  );
}

export function unreachable(error: unknown): TmonError {
  const { message, broker = "" } = rootOf(error) as Error & { broker?: string };
  const place = broker === "" || message.includes(broker) ? "" : ` (${broker})`;
  return new TmonError(
    "TMON_BUS_UNREACHABLE",
    `Kafka does not answer: ${message}${place}`,
    "see that the brokers run and can be reached from here by the names they advertise, and that kafka.security.protocol is their listener's",
    { cause: error },
  );
}

/** Asks the cluster something. */
export async function asking<T>(question: () => Promise<T>): Promise<T> {
  try {
    return await question();
  } catch (error) {
    if (error instanceof TmonError) throw error;
    throw refusalOf(error) ?? unreachable(error);
  }
}
