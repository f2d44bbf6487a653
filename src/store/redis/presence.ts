import { type Redis, ReplyError } from "ioredis";
import type { Logger } from "pino";
import type { RedisConfig } from "../../config/config.ts";
import { TmonError } from "../../errors.ts";
import { troubleOf, wordsOf } from "./failure.ts";

/** Whether the server is there. */
export interface Presence {
  /** Why it is not, or undefined. */
  trouble(): string | undefined;
  /** From now on commands over this connection fail with that. */
  speakFor(connection: Redis): void;
}

/** Says once that the server is away or refuses, and once that it is back, by what happens to this connection. */
export function watchPresence(redis: Redis, config: RedisConfig, log: Logger): Presence {
  let last: ReturnType<typeof troubleOf> | undefined;
  redis.on("error", (error) => {
    const trouble = troubleOf(error, config);
    if (trouble.refuses !== last?.refuses)
      log.error({ error: trouble.words }, trouble.refuses ? "Redis refuses" : "Redis is away");
    last = trouble;
  });
  redis.on("ready", () => {
    if (last !== undefined) log.info("Redis is back");
    last = undefined;
  });
  const away = (words: string) => (last?.refuses ? last.words : `Redis is away: ${last?.words ?? words}`);

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
