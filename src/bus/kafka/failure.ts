import { messageOf, TmonError } from "../../errors.ts";

/** What the library throws wraps its causes. */
export function rootOf(error: unknown): Error & { type?: string } {
  const cause = error instanceof Error ? error.cause : undefined;
  return cause instanceof Error && cause !== error ? rootOf(cause) : (error as Error);
}

/** The cluster knows who this is, and does not let it in; no retry helps. */
export function isRefusal(error: unknown): boolean {
  const { name, type } = rootOf(error);
  return (
    name === "KafkaJSSASLAuthenticationError" ||
    /^(SASL_AUTHENTICATION_FAILED|UNSUPPORTED_SASL_MECHANISM|\w+_AUTHORIZATION_FAILED)$/.test(type ?? "")
  );
}

export function isTopicUnknown(error: unknown): boolean {
  return rootOf(error).type === "UNKNOWN_TOPIC_OR_PARTITION";
}

export function refused(error: unknown): TmonError {
  return new TmonError(
    "TMON_BUS_REFUSED",
    `Kafka refuses: ${messageOf(rootOf(error))}`,
    "check kafka.security in kafka.yaml: mechanism, user name and password, and what the user may do",
  );
}

export function unreachable(error: unknown): TmonError {
  return new TmonError(
    "TMON_BUS_UNREACHABLE",
    `Kafka does not answer: ${messageOf(rootOf(error))}`,
    "see that the brokers run and can be reached from here by the names they advertise",
    { cause: error },
  );
}

/** Asks the cluster something. */
export async function asking<T>(question: () => Promise<T>): Promise<T> {
  try {
    return await question();
  } catch (error) {
    if (error instanceof TmonError) throw error;
    throw isRefusal(error) ? refused(error) : unreachable(error);
  }
}
