/** Reserves from one quota (10 in 500 ms) for as long as it lives, and publishes between which times it was granted. */
import { setTimeout as delay } from "node:timers/promises";
import { pino } from "pino";
import { openEmbeddedStore } from "../../src/store/embedded/store.ts";

const store = await openEmbeddedStore({ dataDir: process.argv[2] as string, log: pino({ level: "silent" }) });
await store.set("reserving", "yes");
for (;;) {
  const asked = store.now();
  const grant = await store.reserve({ group: "g", limits: [{ unit: "requests", limit: 10, windowMs: 500 }] });
  if (grant.granted) await store.publish("granted", `${asked} ${store.now()}`);
  else await delay(grant.retryAfterMs);
}
