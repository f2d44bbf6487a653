import type { WebSocket } from "@fastify/websocket";
import { messageOf } from "../errors.ts";
import { seedCameraId } from "../messages/ids.ts";
import type { RoleContext } from "../runtime/role.ts";
import { cameraStatus } from "./camera-status.ts";
import { type Client, createClient, frameOf } from "./client.ts";
import { type ClientFrame, parseClientFrame } from "./client-frame.ts";
import { createPushes } from "./pushes.ts";

/** Longest frame a client may send; a longer one closes its socket. */
export const maxClientFrameBytes = 256 * 1024;
/** A socket that did not answer one ping before the next is gone. */
const pingEveryMs = 30_000;
/** A socket that does not say goodbye itself does not keep the server from stopping. */
const goodbyeMs = 1_000;

export interface Gateway {
  connect(socket: WebSocket): void;
  close(): Promise<void>;
}

/**
 * The seed's `/ws`: every frame is {type, data}; the frames of screens have a JPEG behind that (client.ts). One
 * subscription to the store serves all sockets; a socket that is too slow misses states, then is dropped.
 */
export function createGateway(context: Pick<RoleContext, "bus" | "config" | "log" | "store">): Gateway {
  const { log, store } = context;
  const clients = new Set<Client>();
  const pushes = createPushes(context, clients);
  const reportFailure = (error: unknown) =>
    log.error({ error: messageOf(error) }, "the store failed a screen");

  async function receive(client: Client, frame: ClientFrame): Promise<void> {
    const answer = (type: string, data: object) => client.send(frameOf(type, data));
    if (frame.type === "ping") return answer("pong", {});
    if (frame.type === "subscribe") {
      client.follow(frame.data.cameraIds);
      if (!frame.data.frames) return;
      client.becomeScreen();
      return pushes.greet(client);
    }

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
    client.socket.on("close", () => {
      clients.delete(client);
      pushes.left();
    });
  }

  const pinging = setInterval(() => {
    for (const client of clients) if (!client.ping()) client.socket.terminate();
  }, pingEveryMs);

  return {
    connect(socket) {
      const client = createClient(socket);
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
      for (const { socket } of clients) socket.close(1001, "tmon stops");
      setTimeout(() => {
        for (const { socket } of clients) socket.terminate();
      }, goodbyeMs).unref();
      await pushes.close();
    },
  };
}
