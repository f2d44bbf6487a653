/**
 * The store: what replicas share and what screens read. One port, two backends (embedded/, redis/).
 *
 * Keys are the full names of the contract (`detection:{messageId}`, `tmon:lease:{name}`, …). Everything that
 * must be atomic across replicas is one operation here: a transaction in LMDB, a script in Redis.
 */
export interface QuotaLimit {
  /**
   * Requests or tokens in a sliding window; or a bucket of tokens that leaks `limit` in `windowMs` and holds as much,
   * or the one call that is larger.
   */
  unit: "requests" | "tokens" | "token_bucket";
  limit: number;
  /** ms. */
  windowMs: number;
}

export interface QuotaRequest {
  /** The quota group: account and model, or a key of its own. */
  group: string;
  limits: readonly QuotaLimit[];
  /** Upper bound of the tokens the call will use. */
  tokens?: number;
  /** So many calls may be open at a time; one that is never ended counts for ttlMs. */
  slots?: { limit: number; ttlMs: number } | undefined;
}

export type QuotaGrant = { granted: true; id: string } | { granted: false; retryAfterMs: number };

/** The partitions of the tasks' topic that a replica reads, of how many: its share of every quota. */
export interface Share {
  partitions: readonly number[];
  of: number;
}

/** One push of a frame's state to screens. */
export interface FramePush {
  messageId: string;
  cameraId: string;
  /** Capture time, epoch ms: `camera:{id}:latest` never goes back in time. */
  capturedAt: number;
  /** All taskIds this push shows a verdict for; a task without one may still get it, and is then new. */
  taskIds: readonly string[];
  /** Those of taskIds that belong on the `alerts:{cameraId}` list. */
  alertTaskIds: readonly string[];
  /** True for the push that closes the frame. */
  closing: boolean;
  /** The detection without pictures, JSON: kept in the mark for late results; empty if none can matter. */
  detection: string;
  /** The state to cache and publish: a JSON object. */
  payload: string;
}

export interface FramePushed {
  /** False when an earlier push already showed all of it. */
  published: boolean;
  /** taskIds no earlier push had. They are added to the published payload as `newTaskIds`. */
  newTaskIds: string[];
}

/** What `closed:{messageId}` holds. */
export interface FrameMark {
  detection: string;
  taskIds: string[];
  closed: boolean;
}

export interface StoreEntry {
  key: string;
  value: Buffer;
}

export interface Store {
  readonly kind: "embedded" | "redis";
  /** The store's clock, epoch ms: every age and window is measured in it. */
  now(): number;
  /** The store's clock less this machine's, ms. */
  clockOffsetMs(): number;
  get(key: string): Promise<Buffer | undefined>;
  set(key: string, value: string | Buffer, options?: { ttlMs?: number }): Promise<void>;
  delete(key: string): Promise<void>;
  /** Adds to a whole number, 0 if there is none, in one atomic step; answers the sum. */
  increment(key: string, by: number, options: { ttlMs: number }): Promise<number>;
  /** All live entries whose key starts with the prefix, by key. */
  list(prefix: string): Promise<StoreEntry[]>;
  /** The newest first, as `alerts:{cameraId}` holds them. */
  listAlerts(cameraId: string, count: number): Promise<string[]>;
  publish(channel: string, message: string): Promise<void>;
  /**
   * Pattern: a channel's name, or a prefix ending in `*`. Resolves when messages published from now on will
   * arrive; the answer ends the subscription.
   */
  subscribe(
    pattern: string,
    listener: (channel: string, message: string) => void,
  ): Promise<() => Promise<void>>;
  /** True if `owner` now holds the lease for ttlMs: it was free, expired, or already the owner's. */
  claimLease(name: string, owner: string, ttlMs: number): Promise<boolean>;
  releaseLease(name: string, owner: string): Promise<void>;
  /**
   * Says which partitions this replica reads, when that changes and every second: quotas are granted only as far
   * as replicas cover them, so that one that is cut off from the store can go on with its share. Never rejects.
   */
  cover(share: Share): Promise<void>;
  /**
   * Grants a call if every limit's sliding window has room; one atomic step. With the store away (it is elsewhere),
   * if the replica's share has.
   */
  reserve(request: QuotaRequest): Promise<QuotaGrant>;
  /** Takes back a reservation that was never sent. */
  giveBack(group: string, id: string): Promise<void>;
  /** A call that goes on the wire later than it was granted counts from now on. */
  countFromNow(group: string, id: string): Promise<void>;
  /** Frees the call's slot. `tokens`: what it used, where that is known; else its upper bound goes on counting. */
  endCall(group: string, id: string, tokens?: number): Promise<void>;
  /** Marks, caches and publishes in one atomic step; a repeat publishes nothing. */
  pushFrame(push: FramePush): Promise<FramePushed>;
  frameMark(messageId: string): Promise<FrameMark | undefined>;
  /** Why the store is not ready, or undefined. */
  trouble(): string | undefined;
  close(): Promise<void>;
}
