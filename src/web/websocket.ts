import type { WebSocket } from "@fastify/websocket";
import { messageOf } from "../errors.ts";
import { seedCameraId } from "../messages/ids.ts";
import type { Incident } from "../messages/incident.ts";
import { incidentChannel } from "../runtime/aggregator/incident-store.ts";
import type { RoleContext } from "../runtime/role.ts";
import { cameraStatus } from "./camera-status.ts";
import { type Client, createClient, frameOf } from "./client.ts";
import { type ClientFrame, parseClientFrame } from "./client-frame.ts";
import { detectionResult, type PublishedState } from "./detection-result.ts";
import { createPictures } from "./pictures.ts";

/** Longest frame a client may send; a longer one closes its socket. */
export const maxClientFrameBytes = 256 * 1024;
/** A socket that did not answer one ping before the next is gone. */
const pingEveryMs = 30_000;
/** A socket that does not say goodbye itself does not keep the server from stopping. */
const goodbyeMs = 1_000;
const channelPrefix = "camera:";

export interface Gateway {
  connect(socket: WebSocket): void;
  close(): Promise<void>;
}

/**
 * The seed's `/ws`: every frame is {type, data}. One subscription to the store serves all sockets; a socket
 * that is too slow misses states, then is dropped (client.ts).
 */
export function createGateway(context: Pick<RoleContext, "bus" | "config" | "log" | "store">): Gateway {
  const { log, store } = context;
  const clients = new Set<Client>();
  let subscriptions: Promise<(() => Promise<void>)[]> | undefined;
  const followers = (cameraId: string) => [...clients].filter((client) => client.follows(cameraId));
  const pictures = createPictures(context, (cameraId) => followers(cameraId).length > 0);
  const reportFailure = (error: unknown) =>
    log.error({ error: messageOf(error) }, "the store failed a screen");

  /** With the first socket: a process whose page nobody opens reads nothing. */
  function subscribe(): Promise<unknown> {
    pictures.watch();
    subscriptions ??= Promise.all([
      store.subscribe(`${channelPrefix}*`, (channel, message) => {
        pushState(channel.slice(channelPrefix.length), message).catch(reportFailure);
      }),
      store.subscribe(incidentChannel, (_, message) => pushIncident(JSON.parse(message))),
    ]);
    subscriptions.catch(() => {
      subscriptions = undefined;
    });
    return subscriptions;
  }

  async function pushState(cameraId: string, message: string): Promise<void> {
    if (followers(cameraId).length === 0) return;
    const state: PublishedState = JSON.parse(message);
    const picture = await pictures.of(cameraId, state.messageId ?? "");
    const frame = frameOf("detection_result", detectionResult(state, picture));
    const skippable = state.hasDangerousDriving !== true;
    for (const client of followers(cameraId)) client.send(frame, { skippable });
  }

  function pushIncident(incident: Incident): void {
    const frame = frameOf("incident", { ...incident, cameraId: seedCameraId(incident.cameraId) });
    for (const client of followers(incident.cameraId)) client.send(frame);
  }

  async function receive(client: Client, frame: ClientFrame): Promise<void> {
    const answer = (type: string, data: object) => client.send(frameOf(type, data));
    if (frame.type === "ping") return answer("pong", {});
    if (frame.type === "subscribe") return client.follow(frame.data.cameraIds);

    const { cameraId } = frame.data;
    if (frame.type === "stop_stream") {
      client.unfollow(cameraId);
      return answer("stream_stopped", { cameraId: seedCameraId(cameraId), reason: "stopped by the client" });
    }
    if (frame.type === "start_stream") client.follow([cameraId]);
    answer("camera_status", await cameraStatus(store, cameraId));
  }

  function listen(client: Client): void {
    client.socket.on("message", (bytes) => {
      const frame = parseClientFrame(String(bytes));
      if ("wrong" in frame)
        client.send(frameOf("error", { message: `the frame is refused: ${frame.wrong}` }));
      else receive(client, frame).catch(reportFailure);
    });
  }

  const pinging = setInterval(() => {
    for (const client of clients) if (!client.ping()) client.socket.terminate();
  }, pingEveryMs);

  return {
    connect(socket) {
      const client = createClient(socket);
      socket.on("close", () => clients.delete(client));
      listen(client);
      clients.add(client);
      subscribe()
        .then(() => client.send(frameOf("connection_ack", { message: "connected to tmon" })))
        .catch((error) => {
          reportFailure(error);
          socket.close(1011, "the store is away");
        });
    },
    async close() {
      clearInterval(pinging);
      pictures.close();
      for (const { socket } of clients) socket.close(1001, "tmon stops");
      setTimeout(() => {
        for (const { socket } of clients) socket.terminate();
      }, goodbyeMs).unref();
      const ends = (await subscriptions?.catch(() => [])) ?? [];
      await Promise.all(ends.map((end) => end()));
    },
  };
}
