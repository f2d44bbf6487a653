import { readdirSync, rmSync, statSync } from "node:fs";
import { uptime } from "node:os";
import { join } from "node:path";
import { type Environment, openEnvironment } from "../../lmdb/environment.ts";
import { ownIdentity } from "../../lmdb/process-identity.ts";
import type { QuotaGrant, QuotaRequest, Store } from "../store.ts";
import { createQuotas } from "./quotas.ts";

type QuotaOperations = Pick<Store, "reserve" | "giveBack" | "countFromNow" | "endCall">;

export interface QuotaFile extends QuotaOperations {
  trouble(): string | undefined;
  close(): Promise<void>;
}

/** By then no window holds an earlier call. */
const longestWindowMs = 10 * 60_000;
const fileName = /^quotas-.*\.mdb(-lock)?$/;

/**
 * The windows, in a file of their own that is never flushed: every call waits for its reservation, and a disk's flush
 * takes longer than all the rest. Kernel memory survives the death of processes, and with the machine's next start the
 * file's name changes: what an earlier one holds may be torn, so nothing is granted until all calls that it may have
 * counted have left the windows.
 */
export function openQuotaFile(dataDir: string): QuotaFile {
  const { bootId } = ownIdentity;
  const name = `quotas-${bootId || "all"}.mdb`;
  const earlier = readdirSync(dataDir).filter((other) => fileName.test(other) && !other.startsWith(name));
  const writtenAt = Math.max(...earlier.map((other) => statSync(join(dataDir, other)).mtimeMs));
  // It was written before the machine started, or on another one.
  const sinceMs = () => Math.min(uptime() * 1_000, Date.now() - writtenAt);
  if (sinceMs() > longestWindowMs) for (const other of earlier) rmSync(join(dataDir, other), { force: true });
  let opened: { environment: Environment; quotas: ReturnType<typeof createQuotas> } | undefined;

  /** With the first call: most who open the store make none. */
  function open() {
    const durability = bootId === "" ? "process" : "boot";
    const environment = openEnvironment(join(dataDir, name), { durability });
    opened = { environment, quotas: createQuotas(environment.root) };
    return opened;
  }

  async function write<T>(body: (quotas: ReturnType<typeof createQuotas>) => T): Promise<T> {
    const { environment, quotas } = opened ?? open();
    return environment.write(() => body(quotas));
  }

  /** ms until the calls of earlier files have left the request's windows. */
  function earlierCallsMs({ limits }: QuotaRequest): number {
    if (earlier.length === 0) return 0;
    return Math.max(0, ...limits.map(({ windowMs }) => windowMs - sinceMs()));
  }

  return {
    async reserve(request): Promise<QuotaGrant> {
      const retryAfterMs = earlierCallsMs(request);
      if (retryAfterMs > 0) return { granted: false, retryAfterMs };
      return write((quotas) => quotas.reserve(request, Date.now()));
    },
    giveBack: (group, id) => write((quotas) => quotas.giveBack(group, id)),
    countFromNow: (group, id) => write((quotas) => quotas.countFromNow(group, id, Date.now())),
    endCall: (group, id, tokens) => write((quotas) => quotas.endCall(group, id, tokens)),
    trouble: () => opened?.environment.trouble(),
    close: async () => opened?.environment.close(),
  };
}
