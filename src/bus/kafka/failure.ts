import { messageOf, TmonError } from "../../errors.ts";
import { tlsFailure } from "../../tls/failure.ts";

/** As the library throws them. */
interface LibraryError extends Error {
  /** Kafka's name of the error, where a broker answered with one. */
  type?: string;
  /** Node's, where there is no connection. */
  code?: string;
  broker?: string;
}

/** What the library throws wraps its causes. */
export function rootOf(error: unknown): LibraryError {
  const cause = error instanceof Error ? error.cause : undefined;
  return cause instanceof Error && cause !== error ? rootOf(cause) : (error as LibraryError);
}

/** Why no retry helps: the cluster does not let tmon in, or is not the one it should be. Undefined if one may. */
export function refusalOf(error: unknown): TmonError | undefined {
  const root = rootOf(error);
  if (isRefusal(root))
    return new TmonError(
      "TMON_BUS_REFUSED",
      `Kafka refuses: ${messageOf(root)}`,
      "check kafka.security in kafka.yaml: protocol, mechanism, user name and password, and what the user may do",
      { cause: error },
    );
  return tlsFailure(
    { ...root, message: wordsOf(root) },
    {
      name: `Kafka at ${root.broker}`,
      caKey: "kafka.security.ssl_ca_location",
      certificateKey: "kafka.security.ssl_certificate_location",
    },
  );
}

/** How a connection breaks off for another reason than the password: the library says so as it would of that one. */
const brokenOff = /closed connection|connection (closed|error|timeout)|timed out|not connected/i;
const refusals =
  /^(SASL_AUTHENTICATION_FAILED|UNSUPPORTED_SASL_MECHANISM|ILLEGAL_SASL_STATE|\w+_AUTHORIZATION_FAILED)$/;

export function isTopicUnknown(error: unknown): boolean {
  return rootOf(error).type === "UNKNOWN_TOPIC_OR_PARTITION";
}

/** A broker's word, such as that another one leads: the connections are as good as before. */
export function isAnswer(error: unknown): boolean {
  return rootOf(error).type !== undefined;
}

function isRefusal({ name, message, type = "" }: LibraryError): boolean {
  return refusals.test(type) || (name === "KafkaJSSASLAuthenticationError" && !brokenOff.test(message));
}

export function unreachable(error: unknown): TmonError {
  const root = rootOf(error);
  const { broker = "" } = root;
  const words = wordsOf(root);
  return new TmonError(
    "TMON_BUS_UNREACHABLE",
    `Kafka does not answer: ${words}${words.includes(broker) ? "" : ` (${broker})`}`,
    "see that the brokers run and can be reached from here by the names they advertise, and that kafka.security.protocol is their listener's",
    { cause: error },
  );
}

function wordsOf(root: LibraryError): string {
  return messageOf(root).replace(/^Connection error: /, "");
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
