import type { Config } from "../config.ts";
import type { Sources } from "../load.ts";
import {
  byDefault,
  type Choose,
  fromEnvironment,
  fromFile,
  fromFlag,
  listFromEnvironment,
  map,
} from "../provenance.ts";
import { oneOf } from "../words.ts";
import { chooseRedis } from "./redis.ts";

const busKinds = ["embedded", "kafka"] as const;
type BusKind = (typeof busKinds)[number];
const storeKinds = ["embedded", "redis"] as const;

/** Which bus and which store: a Kafka or Redis address in the environment chooses it, a kafka.yaml alone does not. */
export function chooseBackends(choose: Choose, sources: Sources): Pick<Config, "bus" | "store"> {
  const { flags, env, tmon, kafka, notices } = sources;
  const { file, data } = tmon;
  const named = <Kind extends string>(name: string, kinds: readonly Kind[]) =>
    map(fromEnvironment(env, name), (kind) => oneOf(kinds, kind, name));

  const chosenBus =
    map(fromFlag("bus", flags.bus), (kind) => oneOf(busKinds, kind, "--bus")) ??
    named("TMON_BUS", busKinds) ??
    map(listFromEnvironment(env, "TMON_KAFKA_BROKERS"), () => "kafka" as const) ??
    fromFile<BusKind>(file, data, ["bus"]);
  const bus = choose("bus", chosenBus, byDefault<BusKind>("embedded"));
  const store = choose(
    "store",
    map(fromFlag("store", flags.store), (kind) => oneOf(storeKinds, kind, "--store")),
    named("TMON_STORE", storeKinds),
    map(fromEnvironment(env, "TMON_REDIS_URL"), () => "redis" as const),
    fromFile<(typeof storeKinds)[number]>(file, data, ["store"]),
    byDefault("embedded" as const),
  );
  if (kafka.file && kafka.data?.kafka?.bootstrap_servers !== undefined && !chosenBus) {
    notices.push(
      `${kafka.file.path} chooses no bus: it is the embedded one; say bus: kafka in tmon.yaml, TMON_BUS or --bus`,
    );
  }

  return {
    bus: {
      kind: bus,
      durability: choose(
        "embedded.durability",
        fromFile<"process" | "power">(file, data, ["embedded", "durability"]),
        byDefault("process" as const),
      ),
      retentionMs: choose(
        "retention.time",
        fromFile<number>(file, data, ["retention", "time"]),
        byDefault(3_600_000),
      ),
      retentionBytes: choose(
        "retention.size",
        fromFile<number>(file, data, ["retention", "size"]),
        byDefault(2e9),
      ),
    },
    store: { kind: store, redis: chooseRedis(choose, sources) },
  };
}
