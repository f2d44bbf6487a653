import type { WebSocket } from "@fastify/websocket";
import { v4 as uuid } from "uuid";
import type { Visitor } from "../observability/access.ts";

/** Unsent bytes above which a socket gets no more states without danger, and above which it is dropped. */
const skipAbove = 1024 * 1024;
const dropAbove = 4 * 1024 * 1024;

/** Ids of cameras one socket may follow, or leave out. */
const mostCameras = 10_000;

/** One socket: what it follows, and how much of it it can take. */
export interface Client {
  /** Unique among all gateways. */
  readonly id: string;
  readonly visitor: Visitor;
  readonly socket: WebSocket;
  /** False if they are too many to follow. */
  follow(cameraIds: "*" | readonly string[]): boolean;
  unfollow(cameraId: string): void;
  /** From here on it gets newest frames apart from verdicts, as our page does. */
  becomeScreen(): void;
  isScreen(): boolean;
  follows(cameraId: string): boolean;
  send(frame: Buffer, options?: { skippable?: boolean; binary?: boolean }): void;
  /** False if the last ping was not answered. */
  ping(): boolean;
}

/** A frame as it goes over the wire, made once for all sockets. */
export function frameOf(type: string, data: object): Buffer {
  return Buffer.from(JSON.stringify({ type, data }));
}

const lineFeed = Buffer.from("\n");

/** The same with a picture behind it: the JSON, a line feed, the JPEG's bytes; empty where there is none. */
export function picturedFrameOf(type: string, data: object, jpeg: Buffer): Buffer {
  return Buffer.concat([frameOf(type, data), lineFeed, jpeg]);
}

export function createClient(socket: WebSocket, visitor: Visitor): Client {
  const cameras = new Set<string>();
  const left = new Set<string>();
  let all = false;
  let screen = false;
  let alive = true;
  socket.on("pong", () => {
    alive = true;
  });

  return {
    id: uuid(),
    visitor,
    socket,
    follow(cameraIds) {
      if (cameraIds === "*") {
        all = true;
        left.clear();
        return true;
      }
      for (const cameraId of cameraIds) {
        if (cameras.size >= mostCameras) return false;
        cameras.add(cameraId);
        left.delete(cameraId);
      }
      return true;
    },
    unfollow(cameraId) {
      cameras.delete(cameraId);
      if (all && left.size < mostCameras) left.add(cameraId);
    },
    becomeScreen() {
      screen = true;
    },
    isScreen: () => screen,
    follows: (cameraId) => cameras.has(cameraId) || (all && !left.has(cameraId)),
    send(frame, { skippable = false, binary = false } = {}) {
      if (socket.readyState !== socket.OPEN) return;
      if (socket.bufferedAmount > dropAbove) socket.terminate();
      else if (!skippable || socket.bufferedAmount <= skipAbove) socket.send(frame, { binary });
    },
    ping() {
      const answered = alive;
      alive = false;
      if (answered) socket.ping();
      return answered;
    },
  };
}
