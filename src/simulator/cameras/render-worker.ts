/**
 * A thread that draws pictures of rendered cameras until it is told to finish. A camera is opened with its first picture,
 * which takes as long as twenty others: those of the open ones come first.
 */
import { parentPort } from "node:worker_threads";
import { giveWay } from "../../give-way.ts";
import { openRenderedCamera, type RenderedCamera } from "./camera.ts";
import { createStudio } from "./render.ts";
import type { RenderAnswer, RenderRequest } from "./render-messages.ts";

type Draw = RenderRequest & { type: "draw" };

const port = parentPort!;
const studio = createStudio();
const cameras = new Map<number, RenderedCamera>();
const toOpen: Draw[] = [];
let opening = false;

giveWay();
port.on("message", (request: RenderRequest) => {
  if (request.type === "finish") return port.close();
  if (request.type === "forget") return forget(request.number);
  const rendered = cameras.get(request.number);
  if (rendered) return draw(rendered, request);
  toOpen.push(request);
  if (!opening) setImmediate(openNext);
  opening = true;
});

/** One, then for as long again others have the processor: fifty that are opened must not keep the open ones waiting. */
function openNext(): void {
  const began = performance.now();
  const request = toOpen.shift();
  if (request) {
    const rendered = openRenderedCamera(request.camera, studio);
    cameras.set(request.number, rendered);
    draw(rendered, request);
  }
  opening = toOpen.length > 0;
  if (opening) setTimeout(openNext, performance.now() - began);
}

/** Nor is it opened if it was not yet. */
function forget(camera: number): void {
  cameras.delete(camera);
  const index = toOpen.findIndex(({ number }) => number === camera);
  if (index >= 0) toOpen.splice(index, 1);
}

function draw(rendered: RenderedCamera, { number, moment, pixels, width, height }: Draw): void {
  const timeMs = "timeMs" in moment ? moment.timeMs : Math.max(0, Date.now() - moment.beganAt);
  rendered.draw(timeMs, { pixels, width, height });
  port.postMessage({ number, timeMs } satisfies RenderAnswer);
}
