import type { IncomingMessage, ServerResponse } from "node:http";
import { halfOf } from "./completion.ts";
import type { Delivery, SimulatedResponse } from "./response.ts";

const maxBodyBytes = 10 * 1024 * 1024;
const pieces = 40;

/** Undefined when the body is too large. */
export function readBody(request: IncomingMessage): Promise<Buffer | undefined> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    request.on("data", (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes <= maxBodyBytes) chunks.push(chunk);
    });
    request.on("end", () => resolve(bytes <= maxBodyBytes ? wholeOf(chunks) : undefined));
  });
}

function wholeOf(chunks: Buffer[]): Buffer {
  return chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks);
}

/** True unless nothing of it went out. */
export function deliver(
  response: ServerResponse,
  simulated: SimulatedResponse,
  delivery: Delivery = "whole",
  overMs = 60_000,
): boolean {
  if (delivery === "hang") return false;
  if (delivery === "reset") {
    response.socket?.resetAndDestroy();
    return false;
  }
  const { status, body, contentType = "application/json; charset=utf-8" } = simulated;
  response.writeHead(status, {
    "content-type": contentType,
    "content-length": Buffer.byteLength(body),
    "x-tmon-simulated": "1",
  });
  if (delivery === "whole") response.end(body);
  if (delivery === "drip") drip(response, Buffer.from(body), overMs);
  if (delivery === "cut") response.write(halfOf(body), () => response.destroy());
  return true;
}

function drip(response: ServerResponse, body: Buffer, overMs: number): void {
  const size = Math.ceil(body.length / pieces);
  let at = 0;
  const timer = setInterval(() => {
    response.write(body.subarray(at, at + size));
    at += size;
    if (at >= body.length) response.end();
  }, overMs / pieces);
  response.once("close", () => clearInterval(timer));
}
