import { requireSharedStore } from "../../config/checks.ts";
import type { Config } from "../../config/config.ts";
import { isLoopback } from "../../config/loopback.ts";
import { TmonError } from "../../errors.ts";
import type { Target } from "../../runtime/load-test/load-test.ts";
import { say } from "../output.ts";

/**
 * No load on servers that others use, and no bill, by accident. A deployment's own scheduler refuses to pay for
 * simulated cameras by itself.
 * @throws TmonError TMON_USAGE, TMON_STORE_NOT_SHARED
 */
export function refuseAccidents(
  config: Config,
  { target, allowRemote, spend }: { target: Target; allowRemote: boolean; spend?: string | undefined },
): void {
  if (target === "deployment") requireSharedStore(config);
  const elsewhere = serversElsewhere(config).join(", ");
  if (elsewhere !== "" && !allowRemote) {
    throw new TmonError(
      "TMON_USAGE",
      `the load would go to ${elsewhere}, which is not this machine`,
      "name servers that are there for tests, or say --allow-remote if these may be loaded",
    );
  }
  if (elsewhere !== "") say(`tmon: warning: the load goes to ${elsewhere}: others who use it will feel it`);
  if (target === "deployment" || config.vlm.provider === "simulated") return;
  const paid = config.keys.find((key) => key.enabled && !isLoopback(key.baseUrl));
  if (!paid) return;
  if (spend === undefined) {
    throw new TmonError(
      "TMON_USAGE",
      `the load would be judged at ${paid.baseUrl}, which costs money`,
      "say --vlm sim, or allow so much with --spend 5yuan",
    );
  }
  say(`tmon: warning: invented pictures are judged at ${paid.baseUrl}, for up to ${spend}`);
}

function serversElsewhere({ bus, store, kafka }: Config): string[] {
  const { url, shownUrl, sentinels } = store.redis;
  const redis = sentinels?.nodes.map(({ host }) => `redis://${host}`) ?? [url.reveal()];
  return [
    ...(bus.kind === "kafka" && kafka.brokers.some((broker) => !isLoopback(`kafka://${broker}`))
      ? [`Kafka at ${kafka.brokers.join()}`]
      : []),
    ...(store.kind === "redis" && redis.some((one) => !isLoopback(one)) ? [`Redis at ${shownUrl}`] : []),
  ];
}
