import type { Job } from "./job.ts";
import type { Lease } from "./keys/lease.ts";
import type { KeyPool } from "./keys/pool.ts";
import type { TaskQueue } from "./queue.ts";

/** Leases asked for at a time, ahead of the tasks that will use them. */
const maxAsking = 32;

export interface DispatcherOptions {
  queue: TaskQueue;
  pool: KeyPool;
  signal: AbortSignal;
  /** Tasks open at a time. */
  maxOpen: number;
  /** True while no call may be started whatever the keys allow. */
  isFull(): boolean;
  /** Ids of keys with which no call may be started at the moment. */
  heldKeys(): ReadonlySet<string>;
  /** Store's clock. */
  now(): number;
  /** Resolves when the task is done with, whatever came of it. */
  run(job: Job, lease: Lease): Promise<void>;
  /** No key will ever be usable. */
  refuse(job: Job): void;
}

export interface Dispatcher {
  /** To be called whenever there may be more to do. */
  pump(): void;
  hold(): void;
  release(): void;
  /** Tasks with a call made and no final result. */
  open(): number;
  /** Holds for good; resolves when no task is open. */
  drain(): Promise<void>;
}

/**
 * Brings waiting tasks and keys together: first a lease, then the task that is best at that moment.
 *
 *   pumping <-> held -> draining
 */
export function createDispatcher(options: DispatcherOptions): Dispatcher {
  const { queue, pool, signal, maxOpen, isFull, heldKeys, now, run, refuse } = options;
  const running = new Set<Promise<void>>();
  let asking = 0;
  let held = false;
  let draining = false;

  const stands = () => held || draining || signal.aborted || isFull();

  function pump(): void {
    if (stands()) return;
    if (pool.outOfService()) for (let job = queue.take(now()); job; job = queue.take(now())) refuse(job);
    while (asking < Math.min(maxAsking, queue.size(), maxOpen - running.size)) {
      asking += 1;
      ask()
        .catch(() => {})
        .finally(() => {
          asking -= 1;
          pump();
        });
    }
  }

  async function ask(): Promise<void> {
    const lease = await pool.acquire({ tokens: queue.mostTokens, barred: heldKeys, signal });
    if (!lease) return;
    const isEnough = lease.isFresh() && lease.most >= queue.mostTokens();
    const mayStart = !stands() && running.size < maxOpen && isEnough;
    const job = mayStart ? queue.take(now()) : undefined;
    if (job) start(job, lease);
    else lease.giveBack();
  }

  function start(job: Job, lease: Lease): void {
    const task = run(job, lease)
      .catch(() => {})
      .finally(() => {
        running.delete(task);
        pump();
      });
    running.add(task);
  }

  return {
    pump,
    hold() {
      held = true;
    },
    release() {
      held = false;
      pump();
    },
    open: () => running.size,
    async drain() {
      draining = true;
      while (running.size > 0) await Promise.all(running);
    },
  };
}
