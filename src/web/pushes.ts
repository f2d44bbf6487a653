import type { ReceivedMessage } from "../bus/bus.ts";
import { messageOf } from "../errors.ts";
import { cameraStatusPrefix } from "../messages/camera-status.ts";
import { decodeStoredFrame, frameKey, type StoredFrame } from "../messages/frame.ts";
import { seedCameraId } from "../messages/ids.ts";
import type { Incident } from "../messages/incident.ts";
import { incidentChannel } from "../runtime/aggregator/incident-store.ts";
import type { RoleContext } from "../runtime/role.ts";
import { readStatus, shownStatus } from "./cameras.ts";
import { type Client, frameOf, picturedFrameOf } from "./client.ts";
import { detectionResult, type PublishedState } from "./detection-result.ts";
import { readNewFrame } from "./new-frame.ts";
import { createPictures } from "./pictures.ts";
import { shownIncident } from "./shown-incident.ts";
import { createSystemNews } from "./system-news.ts";

export interface Pushes {
  /** Subscribes, with the first socket: a process whose page nobody opens reads nothing. */
  start(): Promise<unknown>;
  /** A client became a screen: it gets the last states, frames of cameras that stand still, and the system's figures. */
  greet(screen: Client): Promise<void>;
  /** A client is gone. */
  left(): void;
  close(): Promise<void>;
}

const channelPrefix = "camera:";
const noPicture = Buffer.alloc(0);

/**
 * What the store and the bus say, handed to the sockets that follow it. A client of the seed gets verdicts with
 * the picture of their frame; a screen gets each frame when it is detected, and verdicts without pictures.
 */
export function createPushes(
  context: Pick<RoleContext, "bus" | "config" | "log" | "store">,
  clients: ReadonlySet<Client>,
): Pushes {
  const { log, store } = context;
  let subscriptions: Promise<(() => Promise<void>)[]> | undefined;
  const followers = (cameraId: string) => [...clients].filter((client) => client.follows(cameraId));
  const screens = (cameraId: string) => followers(cameraId).filter((client) => client.isScreen());
  const pictures = createPictures(context, {
    isWanted: (cameraId) => followers(cameraId).length > 0,
    detected: pushFrame,
  });
  const news = createSystemNews(context, (figures) => {
    const frame = frameOf("system", figures);
    for (const client of clients) if (client.isScreen()) client.send(frame, { skippable: true });
  });

  function pushFrame({ key: cameraId, value }: ReceivedMessage, newest: StoredFrame | undefined): void {
    news.pace()?.frame();
    const receivers = screens(cameraId);
    const detection = receivers.length > 0 ? readNewFrame(value) : undefined;
    if (!detection) return;
    // Another frame's picture: this one is no longer the newest.
    if (newest && newest.messageId !== detection.messageId) return;
    const frame = picturedFrameOf("frame", detection, newest?.jpeg ?? noPicture);
    for (const client of receivers) client.send(frame, { skippable: true, binary: true });
  }

  async function pushState(cameraId: string, message: string): Promise<void> {
    if (followers(cameraId).length === 0) return;
    const state: PublishedState = JSON.parse(message);
    news.pace()?.verdicts(state);
    const skippable = state.hasDangerousDriving !== true;
    const bare = frameOf("detection_result", detectionResult(state, null));
    for (const client of screens(cameraId)) client.send(bare, { skippable });
    if (!followers(cameraId).some((client) => !client.isScreen())) return;
    const picture = await pictures.of(cameraId, state.messageId ?? "");
    const whole = frameOf("detection_result", detectionResult(state, picture));
    for (const client of followers(cameraId)) if (!client.isScreen()) client.send(whole, { skippable });
  }

  function pushIncident(incident: Incident): void {
    const cameraId = seedCameraId(incident.cameraId);
    const whole = frameOf("incident", { ...incident, cameraId });
    const bare = frameOf("incident", { ...shownIncident(incident), cameraId });
    for (const client of followers(incident.cameraId)) client.send(client.isScreen() ? bare : whole);
  }

  function pushStatus(message: string): void {
    const status = readStatus(message);
    const frame = frameOf("camera_status", shownStatus(status));
    for (const client of followers(status.cameraId)) client.send(frame);
  }

  /** A camera's last state; its frame too, if that is the newest: of one that has stopped it stays so. */
  async function greetWith(screen: Client, cameraId: string, value: Buffer): Promise<void> {
    const state: PublishedState = JSON.parse(value.toString());
    screen.send(frameOf("detection_result", detectionResult(state, null)), { skippable: true });
    const stored = await store.get(frameKey(cameraId));
    const newest = stored && decodeStoredFrame(stored);
    const frame = newest?.messageId === state.messageId ? readNewFrame(value) : undefined;
    if (newest && frame)
      screen.send(picturedFrameOf("frame", frame, newest.jpeg), { skippable: true, binary: true });
  }

  const reportFailure = (error: unknown) =>
    log.error({ error: messageOf(error) }, "the store failed the screens");

  return {
    start() {
      pictures.watch();
      subscriptions ??= Promise.all([
        store.subscribe(`${channelPrefix}*`, (channel, message) => {
          pushState(channel.slice(channelPrefix.length), message).catch(reportFailure);
        }),
        store.subscribe(incidentChannel, (_, message) => pushIncident(JSON.parse(message))),
        store.subscribe(`${cameraStatusPrefix}*`, (_, message) => pushStatus(message)),
      ]);
      subscriptions.catch(() => {
        subscriptions = undefined;
      });
      return subscriptions;
    },
    async greet(screen) {
      news.watch();
      for (const { key, value } of await store.list(channelPrefix)) {
        const cameraId = key.slice(channelPrefix.length).replace(/:latest$/, "");
        if (!screen.follows(cameraId)) continue;
        await greetWith(screen, cameraId, value);
      }
    },
    left() {
      if (![...clients].some((client) => client.isScreen())) news.rest();
    },
    async close() {
      news.rest();
      pictures.close();
      const ends = (await subscriptions?.catch(() => [])) ?? [];
      await Promise.all(ends.map((end) => end()));
    },
  };
}
