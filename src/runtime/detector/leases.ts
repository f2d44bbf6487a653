import { setTimeout as delay } from "node:timers/promises";
import { messageOf } from "../../errors.ts";
import type { RoleContext } from "../role.ts";
import type { Camera } from "./camera.ts";

const renewEveryMs = 2000;
/** A dead detector's cameras are free after this. */
const leaseMs = 6000;

export interface Leases {
  /** Resolves once it is known which cameras are this detector's. */
  readonly settled: Promise<void>;
  /** Stops the cameras and frees them for others. */
  release(): Promise<void>;
}

/**
 * Shares the cameras among the detectors alive: each plays those whose lease it holds, at most its share,
 * renews the leases, gives up what is over its share and takes what is free. A camera that ended or failed
 * stays held, or another detector would play it again. With the store away holders keep what they have.
 */
export function shareCameras({ store, log, instance }: RoleContext, cameras: readonly Camera[]): Leases {
  const stopping = new AbortController();
  const nameOf = (camera: Camera) => `camera:${camera.config.id}`;
  const claim = (camera: Camera) => store.claimLease(nameOf(camera), instance, leaseMs);
  const held = () => cameras.filter((camera) => camera.held());

  async function shareOfThis(): Promise<number> {
    const prefix = "tmon:roles:detector:";
    const alive = new Set((await store.list(prefix)).map(({ key }) => key)).add(prefix + instance);
    return Math.ceil(cameras.length / alive.size);
  }

  async function round(): Promise<void> {
    const share = await shareOfThis();
    const mine = held();
    const renewed = await Promise.all(mine.map(claim));
    await Promise.all(mine.filter((_, index) => !renewed[index]).map((camera) => camera.handOver()));

    for (const camera of held()
      .filter((camera) => camera.state().state === "live")
      .slice(share)) {
      await camera.handOver();
      await store.releaseLease(nameOf(camera), instance);
    }
    for (const camera of cameras.filter((camera) => !camera.held())) {
      if (held().length >= share || stopping.signal.aborted) return;
      if (await claim(camera)) camera.start();
    }
  }

  async function keepSharing(): Promise<void> {
    while (!stopping.signal.aborted) {
      await delay(renewEveryMs, undefined, { signal: stopping.signal }).catch(() => {});
      if (!stopping.signal.aborted) await roundOrWarn();
    }
  }

  const roundOrWarn = () =>
    round().catch((error) =>
      log.warn({ error: messageOf(error) }, "the cameras' leases could not be renewed"),
    );

  const settled = roundOrWarn();
  const sharing = settled.then(keepSharing);

  return {
    settled,
    async release() {
      stopping.abort();
      await sharing;
      const mine = held();
      await Promise.all(mine.map((camera) => camera.stop()));
      await Promise.all(mine.map((camera) => store.releaseLease(nameOf(camera), instance))).catch(() => {});
    },
  };
}
