import type { SimulatedCamera } from "../../config/simulated-camera.ts";
import type { RgbPicture } from "../../vision/picture.ts";

/** Draws are answered in order; their pixels are in shared memory. */
export type RenderRequest =
  | ({ type: "draw"; number: number; camera: SimulatedCamera; timeMs: number } & RgbPicture)
  | { type: "forget"; number: number }
  | { type: "finish" };

/** The pixels of the oldest request are drawn. No truth goes this way. */
export type RenderAnswer = "drawn";
