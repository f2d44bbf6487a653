import { v4 as uuid } from "uuid";
import { type ControlAnswer, controlChannel } from "../messages/control.ts";
import { createOutage } from "../observability/outage.ts";
import { requestControl } from "./control.ts";
import type { RoleContext } from "./role.ts";
import { unwantStream, type WantedStream, wantedRenewEveryMs, wantStream } from "./wanted-streams.ts";

/** A start or a stop is answered at once. */
const promptlyMs = 5000;
/** A check opens the stream: it may wait for a key frame. */
const checkMs = 25_000;

/**
 * Where screens start and stop streams: `start_stream`, `stop_stream`, `check_camera` of `/ws`. An owner is a
 * socket, named by an id that is unique among all gateways. A stream stays while any owner wants it; the desk says
 * again every 5 s what its owners want, so that the streams of a killed gateway end by themselves after 15 s.
 *
 * Every answer is the seed's: status 1 or 0, and a message fit to be shown. Operators only: the caller's to enforce.
 */
export interface StreamDesk {
  /** 1: the camera runs or is being started, also where it is configured. 0: refused, and why. */
  start(owner: string, cameraId: string, url: string): Promise<ControlAnswer>;
  /** The stream ends unless another owner wants it. 0 for a camera that is configured. */
  stop(owner: string, cameraId: string): Promise<ControlAnswer>;
  /** Does the camera deliver pictures? A running one answers for itself; else its URL is tried. */
  check(cameraId: string, url?: string): Promise<ControlAnswer>;
  /** The socket is closed: nothing is wanted for it any more. */
  leave(owner: string): Promise<void>;
  /** Leaves for all owners. */
  close(): Promise<void>;
}

export function createStreamDesk({ store, log }: Pick<RoleContext, "store" | "log">): StreamDesk {
  const wanted = new Map<string, WantedStream>();
  const keyOf = (owner: string, cameraId: string) => JSON.stringify([owner, cameraId]);
  const ask = (type: "start_stream" | "stop_stream" | "check_camera", cameraId: string, url?: string) =>
    requestControl(
      store,
      { type, cameraId, ...(url !== undefined && { url }) },
      { timeoutMs: type === "check_camera" ? checkMs : promptlyMs },
    );

  async function forget(stream: WantedStream): Promise<void> {
    wanted.delete(keyOf(stream.owner, stream.cameraId));
    await unwantStream(store, stream);
  }

  const outage = createOutage(log, {
    begins: "wanted streams are not renewed",
    ends: "wanted streams are renewed again",
  });
  const renewing = setInterval(() => {
    const renewed = Promise.all([...wanted.values()].map((stream) => wantStream(store, stream)));
    renewed.then(
      () => outage.done(),
      (error) => outage.failed(error),
    );
  }, wantedRenewEveryMs);

  const desk: StreamDesk = {
    async start(owner, cameraId, url) {
      const key = keyOf(owner, cameraId);
      const before = wanted.get(key);
      const stream = { cameraId, url, owner, since: before?.url === url ? before.since : store.now() };
      // Before it is asked for, so that the detector that answers finds it.
      wanted.set(key, stream);
      await wantStream(store, stream);
      const answer = await ask("start_stream", cameraId, url);
      if (answer.status === 0 && wanted.get(key) === stream) await forget(stream);
      return answer;
    },
    async stop(owner, cameraId) {
      const stream = wanted.get(keyOf(owner, cameraId));
      if (stream) await forget(stream);
      return ask("stop_stream", cameraId);
    },
    check: (cameraId, url) => ask("check_camera", cameraId, url),
    async leave(owner) {
      const streams = [...wanted.values()].filter((stream) => stream.owner === owner);
      await Promise.all(streams.map(forget));
      // Detectors look at once; nobody waits for an answer.
      for (const { cameraId } of streams)
        await store.publish(controlChannel, JSON.stringify({ id: uuid(), type: "stop_stream", cameraId }));
    },
    async close() {
      clearInterval(renewing);
      const owners = new Set([...wanted.values()].map(({ owner }) => owner));
      await Promise.all([...owners].map(desk.leave));
    },
  };
  return desk;
}
