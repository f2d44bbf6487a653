/** A thread that draws pictures of rendered cameras, one after the other, until it is told to finish. */
import { parentPort } from "node:worker_threads";
import { openRenderedCamera, type RenderedCamera } from "./camera.ts";
import { createStudio } from "./render.ts";
import type { RenderAnswer, RenderRequest } from "./render-messages.ts";

const port = parentPort!;
const studio = createStudio();
const cameras = new Map<number, RenderedCamera>();

port.on("message", (request: RenderRequest) => {
  if (request.type === "finish") return port.close();
  if (request.type === "forget") return void cameras.delete(request.number);
  const { number, camera, moment, pixels, width, height } = request;
  const rendered = cameras.get(number) ?? openRenderedCamera(camera, studio);
  cameras.set(number, rendered);
  const timeMs = "timeMs" in moment ? moment.timeMs : Math.max(0, Date.now() - moment.beganAt);
  rendered.draw(timeMs, { pixels, width, height });
  port.postMessage(timeMs satisfies RenderAnswer);
});
