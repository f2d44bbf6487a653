import { Secret } from "../../config/secret.ts";
import { hashOf, seededRandom } from "../random.ts";
import { createRequestCounter, type RequestCounter, type RequestCounts } from "./counter.ts";
import { faultAt } from "./faults.ts";
import { createLatency } from "./latency.ts";
import { createLimiter, type Limiter } from "./limiter.ts";
import type { FaultOptions, KeyOptions, Limits, SimulatedVlmOptions } from "./options.ts";

/** Whoever asks with one key. */
export interface Client {
  /** Of all, of its account, of itself. */
  readonly counters: readonly RequestCounter[];
  /** Of its account and itself, for one model. */
  limiters(model: string): Limiter[];
  /** What its next request meets. */
  next(elapsedMs: number): { fault: FaultOptions | undefined; latencyMs: number };
  /** The fault that all its requests meet now. */
  standing(elapsedMs: number): FaultOptions | undefined;
}

export interface SimulatedVlmStats extends RequestCounts {
  /** In order of their first request. */
  accounts: ({ account: string } & RequestCounts)[];
  /** `key` is masked. */
  keys: ({ key: string; account: string } & RequestCounts)[];
}

export interface Clients {
  /** Undefined if there is no such key. */
  find(key: string): Client | undefined;
  readonly all: RequestCounter;
  stats(): SimulatedVlmStats;
}

interface Party {
  counter: RequestCounter;
  limiter(model: string): Limiter | undefined;
}

/** Where keys belong that name no account. */
const defaultAccount = "default";
const defaultLatencyMs = 800;

export function createClients(options: SimulatedVlmOptions): Clients {
  const all = createRequestCounter();
  const accounts = new Map<string, Party>();
  const keys = new Map<string, Party & { client: Client; account: string }>();
  const listed = options.keys && new Map(options.keys.map((each) => [each.key, each]));

  function find(key: string): Client | undefined {
    const known = keys.get(key);
    if (known) return known.client;
    const told = listed ? listed.get(key) : { key };
    return told && admit(told);
  }

  function admit(told: KeyOptions): Client {
    const { key, account = defaultAccount } = told;
    const ofAccount = options.accounts?.find(({ id }) => id === account);
    const payer = accounts.get(account) ?? createParty(ofAccount ? ofAccount.limits : options.limits);
    accounts.set(account, payer);
    const own = createParty(told.limits);
    const seed = (options.seed ?? 1) ^ hashOf(key);
    const faults = told.faults ?? ofAccount?.faults ?? options.faults ?? [];
    const latency = told.latencyMs ?? ofAccount?.latencyMs ?? options.latencyMs ?? defaultLatencyMs;
    const chance = seededRandom(seed);
    // A generator of its own: faults stay the same ones under any latency.
    const latencyMs = createLatency(latency, seededRandom(~seed));
    const client: Client = {
      counters: [all, payer.counter, own.counter],
      limiters: (model) =>
        [own.limiter(model), payer.limiter(model)].filter((limiter) => limiter !== undefined),
      next: (elapsedMs) => ({ fault: faultAt(faults, elapsedMs, chance()), latencyMs: latencyMs() }),
      standing: (elapsedMs) =>
        faultAt(
          faults.filter(({ share = 1 }) => share === 1),
          elapsedMs,
          0,
        ),
    };
    keys.set(key, { ...own, client, account });
    return client;
  }

  return {
    find,
    all,
    stats: () => ({
      ...all.counts(),
      accounts: [...accounts].map(([account, { counter }]) => ({ account, ...counter.counts() })),
      keys: [...keys].map(([key, { counter, account }]) => ({
        key: new Secret(key).masked(),
        account,
        ...counter.counts(),
      })),
    }),
  };
}

function createParty(limits: Limits = {}): Party {
  const limited = Object.values(limits).some((limit) => limit !== undefined);
  const limiters = new Map<string, Limiter>();
  return {
    counter: createRequestCounter(),
    limiter(model) {
      if (!limited) return undefined;
      const limiter = limiters.get(model) ?? createLimiter(limits);
      limiters.set(model, limiter);
      return limiter;
    },
  };
}
