import type { RgbPicture } from "../../../vision/picture.ts";
import type { PixelMemory } from "../pixel-memory.ts";

export interface PlayOptions {
  /** One picture per interval of the source's own time, ms. */
  readonly intervalMs: number;
  /** Shifts all pictures but the first within the interval, so that cameras do not come all at once. */
  readonly phaseMs: number;
  readonly memory: PixelMemory;
  /** Called with each picture once its last byte is read; the picture is the callee's from then on. */
  onPicture(picture: RgbPicture): void;
  /** Stops the source. */
  readonly signal: AbortSignal;
}

/** Where a camera's pictures come from. */
export interface Source {
  /**
   * Delivers the first picture at once, then one per interval. Resolves at the source's end, or when it was
   * stopped and is gone; the answer says in one line what cut it short, if something did.
   * @throws TmonError when the source fails.
   */
  play(options: PlayOptions): Promise<string | undefined>;
}
