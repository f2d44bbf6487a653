import type { Job } from "./job.ts";
import { isNewer, sameGroup } from "./same-group.ts";

/** How a task's wait may end without a call. */
export type WaitEnd = "superseded" | "expired" | "overloaded";

export interface QueueOptions {
  /** A task older than this since its capture expires, ms. */
  maxAgeMs: number;
  maxBytes: number;
  /** A camera's share relative to the others. */
  weightOf(cameraId: string): number;
  ended(job: Job, end: WaitEnd): void;
}

export interface TaskQueue {
  add(job: Job): void;
  /** The next one to be called; `now` as in capturedAt. */
  take(now: number): Job | undefined;
  /** Ends what has grown too old. */
  expire(now: number): void;
  /** Takes out, without an end, what the condition says. */
  remove(condition: (job: Job) => boolean): Job[];
  size(): number;
  bytes(): number;
  /** Of the waiting task whose call may use the most. */
  mostTokens(): number;
}

/** One camera's waiting tasks. */
interface Line {
  readonly cameraId: string;
  jobs: Job[];
  bytes: number;
}

/** Cameras remembered for their turn; those whose turn is longest ago are forgotten first. */
const maxTurns = 10_000;

/**
 * The waiting work. The camera (weighted) whose last turn is oldest goes next; of its tasks the most
 * dangerous, then the freshest. A turn is when a task of the camera was taken, not when it was answered:
 * while a call is open, its camera is not the one that waits longest.
 *
 *   waiting -> taken
 *          \-> superseded (a newer look) | expired (too old) | overloaded (too much waits) | removed
 */
export function createQueue({ maxAgeMs, maxBytes, weightOf, ended }: QueueOptions): TaskQueue {
  const lines = new Map<string, Line>();
  const turns = new Map<string, number>();
  let size = 0;
  let bytes = 0;
  /** The most tokens of a waiting job, and how many jobs have as many; undefined when that has to be looked up. */
  let most: { tokens: number; jobs: number } | undefined = { tokens: 0, jobs: 0 };

  function insert(job: Job): void {
    const { cameraId } = job.task;
    const line = lines.get(cameraId) ?? { cameraId, jobs: [], bytes: 0 };
    lines.set(cameraId, line);
    line.jobs.push(job);
    line.bytes += job.bytes;
    bytes += job.bytes;
    size += 1;
    if (most) most = withJob(most, job);
  }

  function cut(job: Job): void {
    const line = lines.get(job.task.cameraId) as Line;
    line.jobs.splice(line.jobs.indexOf(job), 1);
    line.bytes -= job.bytes;
    bytes -= job.bytes;
    size -= 1;
    if (job.tokens === most?.tokens && --most.jobs === 0) most = undefined;
    if (line.jobs.length === 0) lines.delete(job.task.cameraId);
  }

  function end(job: Job, how: WaitEnd): void {
    cut(job);
    ended(job, how);
  }

  /** From the camera with the most bytes waiting, so that a flooding one sheds its own. */
  function shed(): void {
    const fullest = [...lines.values()].reduce((most, line) => (line.bytes > most.bytes ? line : most));
    end(
      fullest.jobs.reduce((least, job) => (precedes(least, job) ? job : least)),
      "overloaded",
    );
  }

  function nextLine(now: number): Line | undefined {
    let next: Line | undefined;
    let longest = Number.NEGATIVE_INFINITY;
    for (const line of lines.values()) {
      const turn = turns.get(line.cameraId);
      const waited = turn === undefined ? Number.POSITIVE_INFINITY : (now - turn) * weightOf(line.cameraId);
      if (waited <= longest) continue;
      next = line;
      longest = waited;
    }
    return next;
  }

  function noteTurn(cameraId: string, now: number): void {
    turns.delete(cameraId);
    turns.set(cameraId, now);
    const [oldest] = turns.keys();
    if (turns.size > maxTurns && oldest !== undefined) turns.delete(oldest);
  }

  const allJobs = () => [...lines.values()].flatMap((line) => line.jobs);
  const isTooOld = (job: Job, now: number) => now - job.capturedAt > maxAgeMs;

  return {
    add(job) {
      const line = lines.get(job.task.cameraId)?.jobs ?? [];
      const looks = line.filter((waiting) => sameGroup(waiting, job));
      if (looks.some((look) => isNewer(look, job))) {
        ended(job, "superseded");
        return;
      }
      for (const look of looks) end(look, "superseded");
      insert(job);
      while (bytes > maxBytes) shed();
    },
    take(now) {
      for (let line = nextLine(now); line; line = nextLine(now)) {
        const job = line.jobs.reduce((best, other) => (precedes(other, best) ? other : best));
        if (isTooOld(job, now)) {
          end(job, "expired");
          continue;
        }
        cut(job);
        noteTurn(line.cameraId, now);
        return job;
      }
      return undefined;
    },
    expire(now) {
      for (const job of allJobs()) if (isTooOld(job, now)) end(job, "expired");
    },
    remove(condition) {
      const removed = allJobs().filter(condition);
      removed.forEach(cut);
      return removed;
    },
    size: () => size,
    bytes: () => bytes,
    mostTokens() {
      most ??= allJobs().reduce(withJob, { tokens: 0, jobs: 0 });
      return most.tokens;
    },
  };
}

function withJob(most: { tokens: number; jobs: number }, { tokens }: Job) {
  if (tokens < most.tokens) return most;
  return { tokens, jobs: tokens === most.tokens ? most.jobs + 1 : 1 };
}

/** The more dangerous first, then the fresher. */
function precedes(a: Job, b: Job): boolean {
  return a.danger === b.danger ? isNewer(a, b) : a.danger > b.danger;
}
