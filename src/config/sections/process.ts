import { TmonError } from "../../errors.ts";
import type { Config, LogLevel } from "../config.ts";
import type { Sources } from "../load.ts";
import { logLevels, readLogLevel } from "../log-level.ts";
import {
  byDefault,
  type Candidate,
  type Choose,
  fromEnvironment,
  fromFile,
  fromFlag,
  map,
} from "../provenance.ts";
import { Secret } from "../secret.ts";
import { readSecretFile } from "../secret-file.ts";
import { parseDuration } from "../units.ts";
import { oneOf } from "../words.ts";

type Token = Config["web"]["tokens"][number];

/** What a process is and shows, whatever its role. */
export function chooseProcess(
  choose: Choose,
  sources: Sources,
): Pick<Config, "aggregator" | "incidents" | "web" | "timezone" | "language" | "drainMs"> {
  const { flags, env, tmon, keys } = sources;
  const inFile = <T>(...path: string[]) => fromFile<T>(tmon.file, tmon.data, path);
  const of = <T>(fallback: T, ...path: string[]) =>
    choose(path.join("."), inFile<T>(...path), byDefault(fallback));
  return {
    aggregator: {
      keepImages: of(false, "aggregator", "keep_images"),
      closeAfterMs: of(2000, "aggregator", "close_after"),
      // A task expires at this age: a frame that still waits then has nothing to wait for.
      maxAgeMs: fromFile<number>(keys.file, keys.data, ["scheduler", "max_age"])?.value ?? 10_000,
    },
    incidents: { iou: of(0.3, "incidents", "iou"), clearAfterMs: of(10_000, "incidents", "clear_after") },
    web: {
      host: choose(
        "web.host",
        fromFlag("host", flags.host),
        fromEnvironment(env, "TMON_HOST"),
        inFile<string>("web", "host"),
        byDefault("127.0.0.1"),
      ),
      port: choose(
        "web.port",
        fromFlag("port", flags.port),
        inFile<number>("web", "port"),
        byDefault(undefined),
      ),
      tokens: choose("web.tokens", tokenOfEnvironment(env) ?? tokensOfFile(sources), byDefault<Token[]>([])),
      origins: of<string[]>([], "web", "origins"),
      streams: {
        schemes: of(["rtsp", "rtsps"], "web", "streams", "schemes"),
        hosts: of<string[]>([], "web", "streams", "hosts"),
      },
    },
    timezone: of(new Intl.DateTimeFormat().resolvedOptions().timeZone, "timezone"),
    language: of<Config["language"]>("zh", "language"),
    drainMs: choose(
      "drain",
      map(fromFlag("drain", flags.drain), (text) => parseDuration(text, "--drain")),
      inFile<number>("drain"),
      byDefault(25_000),
    ),
  };
}

function tokenOfEnvironment(env: NodeJS.ProcessEnv): Candidate<Token[]> | undefined {
  return map(fromEnvironment(env, "TMON_TOKEN"), (token) => [
    { name: "environment", role: "operator", token: longEnough(token, "TMON_TOKEN") },
  ]);
}

interface TokenEntry {
  name: string;
  role?: Token["role"];
  token?: string;
  token_file?: string;
}

/** Who is not said to be an operator looks on. */
function tokensOfFile({ tmon }: Sources): Candidate<Token[]> | undefined {
  const listed = fromFile<TokenEntry[]>(tmon.file, tmon.data, ["web", "tokens"]);
  return map(listed, (entries) =>
    entries.map(({ name, role = "viewer", token, token_file }, index) => {
      const place = `${tmon.file?.placeOf(["web", "tokens", index])}: the token of ${name}`;
      const text = token ?? readSecretFile(token_file as string, tmon.file);
      return { name, role, token: longEnough(text, place) };
    }),
  );
}

/** Below this a token could be guessed. */
const shortestToken = 16;

function longEnough(token: string, place: string): Secret {
  if (token.length >= shortestToken) return new Secret(token);
  throw new TmonError(
    "TMON_CONFIG_INVALID",
    `${place} has ${token.length} characters, and could be guessed`,
    `make one of at least ${shortestToken}: openssl rand -hex 16`,
  );
}

/** The seed's files have it in either of two places. */
export function chooseLogLevel(choose: Choose, { flags, env, tmon, keys, monitoring }: Sources): LogLevel {
  const asLevel = (where: string) => (text: string) => readLogLevel(text) ?? oneOf(logLevels, text, where);
  return choose(
    "log_level",
    map(fromFlag("log-level", flags.logLevel), asLevel("--log-level")),
    map(fromEnvironment(env, "TMON_LOG_LEVEL"), asLevel("TMON_LOG_LEVEL")),
    fromFile<LogLevel>(tmon.file, tmon.data, ["log_level"]),
    fromFile<LogLevel>(monitoring.file, monitoring.data, ["logging", "level"]),
    fromFile<LogLevel>(keys.file, keys.data, ["monitoring", "log_level"]),
    byDefault("info" as const),
  );
}
