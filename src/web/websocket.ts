import type { WebSocket } from "@fastify/websocket";
import { messageOf } from "../errors.ts";
import { seedCameraId } from "../messages/ids.ts";
import type { Visitor } from "../observability/access.ts";
import type { RoleContext } from "../runtime/role.ts";
import { createStreamDesk } from "../runtime/stream-desk.ts";
import { type Client, createClient, frameOf } from "./client.ts";
import { type ClientFrame, parseClientFrame } from "./client-frame.ts";
import { createPushes } from "./pushes.ts";

/** Longest frame a client may send; a longer one closes its socket. */
export const maxClientFrameBytes = 256 * 1024;
/** A socket that did not answer one ping before the next is gone. */
const pingEveryMs = 30_000;
/** A socket that does not say goodbye itself does not keep the server from stopping. */
const goodbyeMs = 1_000;
/** Frames of one client in a minute: some hundred streams to start, and a ping a second. */
const framesPerMinute = 1_200;
const mostClients = 1_000;
const tooManyCameras = { message: "too many cameras to follow" };

export interface Gateway {
  connect(socket: WebSocket, visitor: Visitor): void;
  close(): Promise<void>;
}

/**
 * The seed's `/ws`: every frame is {type, data}; the frames of screens have a JPEG behind that (client.ts). One
 * subscription to the store serves all sockets; a socket that is too slow misses states, then is dropped.
 */
export function createGateway(context: Pick<RoleContext, "bus" | "config" | "log" | "store">): Gateway {
  const { log } = context;
  const clients = new Set<Client>();
  const pushes = createPushes(context, clients);
  const desk = createStreamDesk(context);
  const reportFailure = (error: unknown) =>
    log.error({ error: messageOf(error) }, "the store failed a screen");

  async function receive(client: Client, frame: ClientFrame): Promise<void> {
    const answer = (type: string, data: object) => client.send(frameOf(type, data));
    if (frame.type === "ping") return answer("pong", {});
    if (frame.type === "subscribe") {
      if (!client.follow(frame.data.cameraIds)) return answer("error", tooManyCameras);
      if (!frame.data.frames) return;
      client.becomeScreen();
      return pushes.greet(client);
    }

    if (client.visitor.role !== "operator")
      return answer("error", { message: "only an operator may start, stop and check streams" });
    const { cameraId } = frame.data;
    const shownId = seedCameraId(cameraId);
    if (frame.type === "stop_stream") {
      client.unfollow(cameraId);
      const { message } = await desk.stop(client.id, cameraId);
      return answer("stream_stopped", { cameraId: shownId, reason: message });
    }
    if (frame.type === "start_stream" && !client.follow([cameraId])) return answer("error", tooManyCameras);
    const url = frame.data.rtspUrl || undefined;
    const said =
      frame.type === "start_stream"
        ? await desk.start(client.id, cameraId, url ?? "")
        : await desk.check(cameraId, url);
    answer("camera_status", { cameraId: shownId, ...said });
  }

  function listen(client: Client): void {
    let heard = 0;
    const minute = setInterval(() => {
      heard = 0;
    }, 60_000);
    client.socket.on("message", (bytes) => {
      heard += 1;
      if (heard > framesPerMinute) return client.socket.close(1008, "too many frames");
      const frame = parseClientFrame(String(bytes));
      if ("wrong" in frame)
        client.send(frameOf("error", { message: `the frame is refused: ${frame.wrong}` }));
      else receive(client, frame).catch(reportFailure);
    });
    client.socket.on("close", () => {
      clearInterval(minute);
      clients.delete(client);
      desk.leave(client.id).catch(reportFailure);
      pushes.left();
    });
  }

  const pinging = setInterval(() => {
    for (const client of clients) if (!client.ping()) client.socket.terminate();
  }, pingEveryMs);

  return {
    connect(socket, visitor) {
      if (clients.size >= mostClients) return socket.close(1013, "too many screens");
      const client = createClient(socket, visitor);
      clients.add(client);
      listen(client);
      pushes
        .start()
        .then(() => client.send(frameOf("connection_ack", { message: "connected to tmon" })))
        .catch((error) => {
          reportFailure(error);
          socket.close(1011, "the store is away");
        });
    },
    async close() {
      clearInterval(pinging);
      await desk.close().catch(reportFailure);
      for (const { socket } of clients) socket.close(1001, "tmon stops");
      setTimeout(() => {
        for (const { socket } of clients) socket.terminate();
      }, goodbyeMs).unref();
      await pushes.close();
    },
  };
}
