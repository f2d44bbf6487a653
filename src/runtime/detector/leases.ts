import { setTimeout as delay } from "node:timers/promises";
import { messageOf } from "../../errors.ts";
import type { RoleContext } from "../role.ts";
import type { Camera } from "./camera.ts";
import { deferred } from "./deferred.ts";
import {
  camerasToTake,
  cameraToGive,
  leaseName,
  looksKey,
  readShares,
  type Shares,
  wishKey,
} from "./shares.ts";

const renewEveryMs = 2000;
/** A dead detector's cameras are free after this. */
const leaseMs = 6000;

export interface Leases {
  /** Resolves once each camera is this detector's or that of another which is seen to be alive. */
  readonly settled: Promise<void>;
  /** Why this detector watches nothing, or undefined. */
  trouble(): string | undefined;
  /** Looks at once at what has changed; resolves when it has. */
  look(): Promise<void>;
  /** Stops the cameras and frees them for others. */
  release(): Promise<void>;
}

/** The cameras to be shared; they may come and go. */
export interface SharedCameras {
  cameras(): readonly Camera[];
  /** Brings them up to date; answers those that are not to be played any more, which are out of them already. */
  refresh(): Promise<readonly Camera[]>;
}

/**
 * Shares the cameras among the detectors that want them: each says which it wants, plays those whose lease it
 * holds, gives one it plays to whoever wants it and has fewer, and takes what nobody has. A camera that ended
 * or failed stays held, or another detector would play it again. With the store away holders keep what they
 * have; once it is back, or has forgotten everything, they have the time of a lease to say so: nobody gives or
 * takes meanwhile, since who has said nothing yet seems to have nothing.
 *
 *   waiting -(claimed, given)-> held -(given, lease lost)-> waiting
 */
export function shareCameras(
  { store, log, instance }: Pick<RoleContext, "store" | "log" | "instance">,
  shared: SharedCameras,
): Leases {
  const stopping = new AbortController();
  let waking = new AbortController();
  let nextRound = deferred<void>();
  const startedAt = store.now();
  const settled = deferred<void>();
  /** How often it looked at the shares, as far as the store remembers. */
  let looks = 0;
  /** Until when it neither gives nor takes, by the store's clock. */
  let restsUntil = startedAt;
  /** By the id of a camera that is another detector's: that detector. */
  const elsewhere = new Map<string, string>();

  const idOf = (camera: Camera) => camera.config.id;
  const claim = (camera: Camera) => store.claimLease(leaseName(idOf(camera)), instance, leaseMs);
  const held = () => shared.cameras().filter((camera) => camera.held());
  const waiting = () => shared.cameras().filter((camera) => !camera.held());
  const rests = () => store.now() < restsUntil;
  const rest = () => {
    restsUntil = store.now() + leaseMs;
  };

  async function round(): Promise<void> {
    await Promise.all((await shared.refresh()).map(drop));
    // Before the leases, so that a dead detector's wish does not outlive them.
    const wish = JSON.stringify({ cameras: shared.cameras().map(idOf), at: store.now() });
    await store.set(wishKey(instance), wish, { ttlMs: leaseMs });
    await renew();
    const shares = await giveWhatIsOverTheShare();
    await take(shares);
    noteHolders(shares);
    if (waiting().every((camera) => isWithTheLiving(camera, shares))) settled.resolve();
  }

  async function drop(camera: Camera): Promise<void> {
    await camera.stop();
    elsewhere.delete(idOf(camera));
    await store.releaseLease(leaseName(idOf(camera)), instance);
  }

  async function renew(): Promise<void> {
    const mine = held();
    const renewed = await Promise.all(mine.map(claim));
    await Promise.all(mine.filter((_, index) => !renewed[index]).map((camera) => camera.handOver()));
  }

  /** The count comes last: where it goes on, the store forgot nothing before or while the shares were read. */
  async function lookAtShares(): Promise<Shares> {
    const shares = await readShares(store);
    const before = looks;
    looks = await store.increment(looksKey(instance), 1, { ttlMs: leaseMs });
    if (before > 0 && looks !== before + 1) rest();
    return shares;
  }

  /** Looks anew after each, as others may give at the same time. */
  async function giveWhatIsOverTheShare(): Promise<Shares> {
    for (;;) {
      const shares = await lookAtShares();
      if (rests()) return shares;
      const live = held().filter((camera) => camera.state().state === "live");
      const gift = cameraToGive(shares, instance, live.map(idOf));
      const camera = live.find((camera) => idOf(camera) === gift?.camera);
      if (!gift || !camera) return shares;
      await camera.handOver();
      elsewhere.set(gift.camera, gift.to);
      log.info(
        { cameraId: gift.camera },
        `camera ${gift.camera} goes to detector ${gift.to}, which has fewer`,
      );
      await store.releaseLease(leaseName(gift.camera), instance);
      await store.claimLease(leaseName(gift.camera), gift.to, leaseMs);
    }
  }

  /** What was given to this detector is its own, resting or not. */
  async function take(shares: Shares): Promise<void> {
    const free = rests() ? new Set() : camerasToTake(shares, instance);
    for (const camera of waiting()) {
      const id = idOf(camera);
      if (stopping.signal.aborted) return;
      if (!free.has(id) && shares.holders.get(id) !== instance) continue;
      if (!(await claim(camera))) continue;
      if (elsewhere.delete(id)) log.info({ cameraId: id }, `camera ${id} is this detector's now`);
      camera.start();
    }
  }

  function noteHolders({ holders }: Shares): void {
    for (const id of waiting().map(idOf)) {
      const holder = holders.get(id);
      if (holder === undefined || holder === instance) continue;
      if (!elsewhere.has(id))
        log.warn(
          { cameraId: id, holder },
          `camera ${id} is detector ${holder}'s: waiting until that gives it up, or is dead for ${leaseMs / 1000} s`,
        );
      elsewhere.set(id, holder);
    }
  }

  /** A wish from before this detector's start may be that of a dead one. */
  function isWithTheLiving(camera: Camera, { holders, wishes }: Shares): boolean {
    const holder = holders.get(idOf(camera));
    return holder !== undefined && holder !== instance && (wishes.get(holder)?.at ?? 0) > startedAt;
  }

  async function keepSharing(): Promise<void> {
    while (!stopping.signal.aborted) {
      const done = nextRound;
      nextRound = deferred();
      await round().catch((error) => {
        rest();
        log.warn({ error: messageOf(error) }, "the cameras' leases could not be renewed");
      });
      done.resolve();
      const woken = AbortSignal.any([stopping.signal, waking.signal]);
      await delay(renewEveryMs, undefined, { signal: woken }).catch(() => {});
      waking = new AbortController();
    }
    nextRound.resolve();
  }

  const sharing = keepSharing();

  return {
    settled: settled.promise,
    trouble() {
      if (stopping.signal.aborted || held().length > 0) return undefined;
      const holders = [...elsewhere].map(([id, holder]) => `, ${id} is detector ${holder}'s`);
      return `none of its cameras is its own${holders.join("")}`;
    },
    look() {
      const { promise } = nextRound;
      waking.abort();
      return promise;
    },
    async release() {
      stopping.abort();
      await sharing;
      await store.delete(wishKey(instance)).catch(() => {});
      await Promise.all(held().map((camera) => camera.stop()));
      // All, not only those held: one may just have been given.
      await Promise.allSettled(
        shared.cameras().map((camera) => store.releaseLease(leaseName(idOf(camera)), instance)),
      );
    },
  };
}
