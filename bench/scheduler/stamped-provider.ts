/**
 * The simulated provider in a process of its own, which notes of each request when it began to arrive (its headers were
 * read) and when its answer was handed to the socket. Tells its URL, and on any message its notes.
 */
import { subscribe } from "node:diagnostics_channel";
import type { IncomingMessage } from "node:http";
import { startSimulatedVlm } from "../../src/simulator/vlm/server.ts";
import { now } from "./clock.ts";
import { boxIn } from "./group-box.ts";

/** By the box of the task's group, as text: nothing else of a task reaches the provider. */
export type ProviderStamps = Record<string, { arrivedAt: number; answeredAt?: number }>;

const stamps: ProviderStamps = {};
const boxes = new WeakMap<IncomingMessage, string>();

subscribe("http.server.request.start", (message) => {
  const { request } = message as { request: IncomingMessage };
  const arrivedAt = now();
  let end = "";
  request.on("data", (chunk: Buffer) => {
    // What follows the picture is far shorter.
    end = (end + chunk.toString("latin1")).slice(-4_000);
  });
  request.on("end", () => {
    const box = boxIn(end);
    if (box === undefined) return;
    boxes.set(request, box);
    stamps[box] = { arrivedAt };
  });
});
subscribe("http.server.response.finish", (message) => {
  const box = boxes.get((message as { request: IncomingMessage }).request);
  if (box !== undefined) stamps[box]!.answeredAt = now();
});

const provider = await startSimulatedVlm({ latencyMs: { mean: 1_000, sigma: 0.5 } });
process.on("message", () => process.send!(stamps));
process.once("disconnect", () => provider.close());
process.send!(provider.url);
