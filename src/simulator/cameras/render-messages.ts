import type { SimulatedCamera } from "../../config/simulated-camera.ts";
import type { RgbPicture } from "../../vision/picture.ts";

/** A moment of the camera's time; or, where its time began (epoch ms), the one at which the drawing begins. */
export type Moment = { readonly timeMs: number } | { readonly beganAt: number };

/** A camera has one draw at a time; its pixels are in shared memory. */
export type RenderRequest =
  | ({ type: "draw"; number: number; camera: SimulatedCamera; moment: Moment } & RgbPicture)
  | { type: "forget"; number: number }
  | { type: "finish" };

/** The camera's pixels are drawn, for this moment of its time. No truth goes this way. */
export interface RenderAnswer {
  number: number;
  timeMs: number;
}
