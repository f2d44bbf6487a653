import { join } from "node:path";
import type { Logger } from "pino";
import { messageOf } from "../../errors.ts";
import { prepareDataDirectory } from "../../lmdb/data-directory.ts";
import { openEnvironment } from "../../lmdb/environment.ts";
import type { Store } from "../store.ts";
import { createAlerts } from "./alerts.ts";
import { createChannels } from "./channels.ts";
import { createEntries } from "./entries.ts";
import { createFrames } from "./frames.ts";
import { openQuotaFile } from "./quota-file.ts";

export interface EmbeddedStoreOptions {
  dataDir: string;
  log: Logger;
}

const sweepEveryMs = 1_000;
const readerCheckEveryMs = 60_000;

/**
 * The store in one LMDB file, and the quotas in one of their own, shared by all processes of a data directory. Whatever
 * must be atomic runs as one body of a write transaction; the tables know no transactions themselves.
 */
export async function openEmbeddedStore({ dataDir, log }: EmbeddedStoreOptions): Promise<Store> {
  prepareDataDirectory(dataDir);
  // Nothing here outlives a power cut by much: entries expire in minutes.
  const environment = openEnvironment(join(dataDir, "store.mdb"), { durability: "process" });
  const { root, write } = environment;

  const entries = createEntries(root);
  const alerts = createAlerts(root);
  const channels = createChannels(environment, log);
  const quotas = openQuotaFile(dataDir);
  const frames = createFrames({ entries, alerts, channels });

  let closing = false;
  let sweeping: Promise<void> | undefined;
  /** In small transactions, so that others write between them, until nothing is left that is due. */
  async function sweep(): Promise<void> {
    while (!closing && !environment.trouble() && hasDue(Date.now())) {
      await write(() => {
        entries.sweep(Date.now());
        channels.prune(Date.now());
      });
    }
  }
  const hasDue = (now: number) => environment.read(() => entries.anyExpired(now) || channels.anyOld(now));
  const sweeper = setInterval(() => {
    sweeping ??= sweep()
      .catch((error) => log.warn({ error: messageOf(error) }, "expired entries could not be removed"))
      .finally(() => {
        sweeping = undefined;
      });
  }, sweepEveryMs);
  const readerChecker = setInterval(() => root.readerCheck(), readerCheckEveryMs);

  async function publishing<T>(body: () => T): Promise<T> {
    const result = await write(body);
    channels.deliver();
    return result;
  }

  return {
    kind: "embedded",
    now: () => Date.now(),
    clockOffsetMs: () => 0,
    get: async (key) => entries.get(key, Date.now()),
    set: (key, value, options = {}) =>
      write(() => entries.set(key, Buffer.from(value), expiryOf(options.ttlMs))),
    delete: (key) => write(() => entries.delete(key)),
    increment: (key, by, { ttlMs }) =>
      write(() => {
        const sum = Number(entries.get(key, Date.now()) ?? 0) + by;
        entries.set(key, Buffer.from(String(sum)), expiryOf(ttlMs));
        return sum;
      }),
    list: async (prefix) => entries.list(prefix, Date.now()),
    listAlerts: async (cameraId, count) => alerts.list(cameraId, count),
    publish: (channel, message) => publishing(() => channels.append(channel, message, Date.now())),
    subscribe: async (pattern, listener) => channels.subscribe(pattern, listener),
    claimLease: (name, owner, ttlMs) =>
      write(() => {
        const key = leaseKey(name);
        const holder = entries.get(key, Date.now())?.toString();
        if (holder !== undefined && holder !== owner) return false;
        entries.set(key, Buffer.from(owner), expiryOf(ttlMs));
        return true;
      }),
    releaseLease: (name, owner) =>
      write(() => {
        if (entries.get(leaseKey(name), Date.now())?.toString() === owner) entries.delete(leaseKey(name));
      }),
    // It is never away from whoever can run.
    cover: async () => {},
    reserve: quotas.reserve,
    giveBack: quotas.giveBack,
    countFromNow: quotas.countFromNow,
    endCall: quotas.endCall,
    pushFrame: (push) => publishing(() => frames.push(push, Date.now())),
    frameMark: async (messageId) => frames.mark(messageId, Date.now()),
    trouble: () => environment.trouble() ?? quotas.trouble(),
    async close() {
      closing = true;
      clearInterval(sweeper);
      clearInterval(readerChecker);
      await sweeping;
      channels.close();
      await quotas.close();
      await environment.close();
    },
  };
}

function leaseKey(name: string): string {
  return `tmon:lease:${name}`;
}

function expiryOf(ttlMs: number | undefined): number {
  return ttlMs === undefined ? Number.POSITIVE_INFINITY : Date.now() + ttlMs;
}
