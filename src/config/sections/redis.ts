import { resolve } from "node:path";
import type { RedisConfig } from "../config.ts";
import type { Sources } from "../load.ts";
import {
  byDefault,
  type Candidate,
  type Choose,
  fromEnvironment,
  fromFile,
  map,
  secret,
} from "../provenance.ts";
import { redact } from "../redact.ts";
import { readRedisUrl } from "../redis-url.ts";
import type { Secret } from "../secret.ts";
import { readSecretFile } from "../secret-file.ts";

type Sentinels = NonNullable<RedisConfig["sentinels"]>;

const localRedis = "redis://127.0.0.1:6379";

/** How to reach Redis, whether or not it was chosen. */
export function chooseRedis(choose: Choose, { env, tmon, configDir = "." }: Sources): RedisConfig {
  const { file, data } = tmon;
  const inFile = <T>(...path: string[]) => fromFile<T>(file, data, ["redis", ...path]);
  const url = choose(
    "redis.url",
    secret(map(fromEnvironment(env, "TMON_REDIS_URL"), (text) => readRedisUrl(text, "TMON_REDIS_URL"))),
    secret(inFile<string>("url")),
    secret(byDefault(localRedis)) as Candidate<RedisConfig["url"]>,
  );
  const password = (key: string, ...path: string[]) =>
    choose<RedisConfig["password"]>(
      key,
      secret(inFile<string>(...path, "password")),
      secret(map(inFile<string>(...path, "password_file"), (name) => readSecretFile(name, file))),
      byDefault(undefined),
    );
  const sentinels = data?.redis?.sentinels;
  const tls = data?.redis?.tls;
  const pathOf = (name: string | undefined) => (name === undefined ? undefined : resolve(configDir, name));
  return {
    url,
    shownUrl: sentinels ? describeSentinels(sentinels, url) : redact(url.reveal()),
    username: choose("redis.username", inFile<string>("username"), byDefault(undefined)),
    password: password("redis.password"),
    sentinels: sentinels && {
      name: sentinels.name,
      nodes: sentinels.nodes,
      password: password("redis.sentinels.password", "sentinels"),
    },
    tls: tls && {
      caFile: pathOf(tls.ca_file),
      certificateFile: pathOf(tls.certificate_file),
      keyFile: pathOf(tls.key_file),
    },
  };
}

function describeSentinels({ name, nodes }: Pick<Sentinels, "name" | "nodes">, url: Secret): string {
  const { pathname } = new URL(url.reveal());
  const places = nodes.map(({ host, port }) => `${host.includes(":") ? `[${host}]` : host}:${port}`);
  return `${name}${pathname} by Sentinels ${places.join()}`;
}
