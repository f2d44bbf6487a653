import { setTimeout as delay } from "node:timers/promises";
import { messageOf } from "../../errors.ts";
import { type CameraStatus, cameraStatusKey, cameraStatusSchema } from "../../messages/camera-status.ts";
import type { ControlAnswer, ControlRequest } from "../../messages/control.ts";
import { serveControl } from "../control.ts";
import type { RoleContext } from "../role.ts";
import { mostWanted, readWantedStreams } from "../wanted-streams.ts";
import type { Leases } from "./leases.ts";
import { cameraOf, type Roster } from "./roster.ts";
import { tryCamera } from "./sources/try.ts";
import { streamRefusal } from "./stream-policy.ts";

/** Who has the camera goes first. */
const othersWaitMs = 300;
const answeredMs = 60_000;
/** Each is an ffmpeg: checks must not take the machine from the cameras that run. */
const mostChecks = 4;

const yes = (message: string): ControlAnswer => ({ status: 1, message });
const no = (message: string): ControlAnswer => ({ status: 0, message });

/**
 * Answers what screens ask of the detectors. All hear a request: the one that has the camera answers it, else any
 * one. What is configured is not to be stopped or replaced from a screen.
 */
export function answerControl(
  { config, log, store, instance }: RoleContext,
  roster: Roster,
  leases: Pick<Leases, "look">,
): Promise<() => Promise<void>> {
  let checking = 0;

  async function isMine({ id, cameraId }: ControlRequest): Promise<boolean> {
    const first = roster.isConfigured(cameraId) || roster.find(cameraId)?.held();
    if (!first) await delay(othersWaitMs);
    return store.claimLease(`control:${id}`, instance, answeredMs);
  }

  async function start({ cameraId, url = "" }: ControlRequest): Promise<ControlAnswer> {
    const camera = roster.find(cameraId);
    if (roster.isConfigured(cameraId)) {
      if (url === "" || camera?.config.url.reveal() === url) return statusOf(cameraId);
      return no(`camera ${cameraId} is configured, with another URL: it cannot be replaced from here`);
    }
    const refusal = streamRefusal(url, config.web.streams);
    if (refusal !== undefined) return no(refusal);
    const wanted = (await readWantedStreams(store)).get(cameraId);
    if (!wanted) return no(`${mostWanted} streams are shown already: stop some first`);
    if (wanted.url !== url)
      return no(`camera ${cameraId} is shown from another URL already: stop that, or take another id`);
    await leases.look();
    const state = roster.find(cameraId)?.state();
    return yes(state?.state === "live" ? wordsOf("live") : `camera ${cameraId} is being started`);
  }

  async function stop({ cameraId }: ControlRequest): Promise<ControlAnswer> {
    if (roster.isConfigured(cameraId))
      return no(`camera ${cameraId} is configured: it cannot be stopped from here`);
    await leases.look();
    const stays = (await readWantedStreams(store)).has(cameraId);
    return yes(
      stays ? `camera ${cameraId} goes on: somebody else wants it` : `camera ${cameraId} is stopped`,
    );
  }

  async function check({ cameraId, url }: ControlRequest): Promise<ControlAnswer> {
    const named = url !== undefined && url !== "";
    if (!named || roster.find(cameraId)?.config.url.reveal() === url) return statusOf(cameraId);
    const refusal = streamRefusal(url, config.web.streams);
    if (refusal !== undefined) return no(refusal);
    if (checking >= mostChecks) return no("too many cameras are being checked: try again in some seconds");
    checking += 1;
    return tryCamera(cameraOf({ cameraId, url }, config))
      .then(
        ({ rhythm }) => yes(`the camera delivers: ${rhythm.codec}, ${rhythm.width}x${rhythm.height}`),
        (error) => no(messageOf(error)),
      )
      .finally(() => {
        checking -= 1;
      });
  }

  /** By what its detector says of it. */
  async function statusOf(cameraId: string): Promise<ControlAnswer> {
    const stored = await store.get(cameraStatusKey(cameraId));
    if (!stored) return no(`camera ${cameraId} is not running`);
    const { state, reason } = cameraStatusSchema.parse(JSON.parse(`${stored}`));
    return { status: state === "live" ? 1 : 0, message: wordsOf(state, reason) };
  }

  return serveControl(
    store,
    async (request) => {
      if (!(await isMine(request))) return undefined;
      if (request.type === "start_stream") return start(request);
      return request.type === "stop_stream" ? stop(request) : check(request);
    },
    (error) => log.warn({ error: messageOf(error) }, "a request from a screen was not answered"),
  );
}

function wordsOf(state: CameraStatus["state"], reason?: string): string {
  if (state === "live") return "the camera delivers pictures";
  return `the camera is ${state.replace("_", " ")}${reason === undefined ? "" : `: ${reason}`}`;
}
