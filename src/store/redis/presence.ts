import { type Redis, ReplyError } from "ioredis";
import type { Logger } from "pino";
import { messageOf, TmonError } from "../../errors.ts";

/** Whether the server is there. */
export interface Presence {
  /** Why it is not, or undefined. */
  trouble(): string | undefined;
  /** From now on commands over this connection fail with that. */
  speakFor(connection: Redis): void;
}

/** Says once that the server is away, and once that it is back, by what happens to this connection. */
export function watchPresence(redis: Redis, log: Logger): Presence {
  let why: string | undefined;
  redis.on("error", (error) => {
    if (why === undefined) log.error({ error: wordsOf(error) }, "Redis is away");
    why = wordsOf(error);
  });
  redis.on("ready", () => {
    if (why !== undefined) log.info("Redis is back");
    why = undefined;
  });
  const away = (words: string) => `Redis is away: ${why ?? words}`;

  function explained(error: unknown): unknown {
    // What the server itself answers stands, and so does what was explained before: the library may pass it on.
    if (error instanceof ReplyError || error instanceof TmonError) return error;
    const todo = "see that it runs and can be reached from here";
    return new TmonError("TMON_STORE_UNREACHABLE", away(wordsOf(error)), todo, { cause: error });
  }

  return {
    trouble: () => (redis.status === "ready" ? undefined : away("the connection is closed")),
    speakFor(connection) {
      const send = connection.sendCommand.bind(connection);
      connection.sendCommand = (command, stream) => {
        const { reject } = command;
        command.reject = (error) => reject(explained(error) as Error);
        return send(command, stream);
      };
    },
  };
}

/** The library says how it found out. */
function wordsOf(error: unknown): string {
  if (error instanceof TmonError) return wordsOf(error.cause);
  const words = messageOf(error);
  if (/^(Command timed out|Socket timeout)/.test(words)) return "it does not answer";
  if (/^(Stream isn't writeable|Connection is closed|Reached the max retries)/.test(words))
    return "the connection is closed";
  return words;
}
