import type { RgbPicture } from "../../../vision/picture.ts";
import type { PixelMemory } from "../pixel-memory.ts";

export interface PlayOptions {
  /** One picture per interval, ms: of a file's own time, of the time of arrival for what is live. */
  readonly intervalMs: number;
  /** Shifts all pictures but the first within the interval, so that cameras do not come all at once. */
  readonly phaseMs: number;
  readonly memory: PixelMemory;
  /**
   * Called with each picture once its last byte is read; the picture is the callee's from then on.
   * @param ageMs since the moment it shows, where the source knows that; otherwise it counts as taken now
   */
  onPicture(picture: RgbPicture, ageMs?: number): void;
  /** Stops the source. */
  readonly signal: AbortSignal;
}

/** How long a source may be silent, ms, before it is to be given up and opened anew. */
export interface Patience {
  /** For the first picture. */
  readonly firstMs: number;
  /** Between two pictures. */
  readonly nextMs: number;
}

/** Where a camera's pictures come from. */
export interface Source {
  /**
   * Delivers the first picture at once, then one per interval. Resolves at the source's end, or when it was
   * stopped and is gone; the answer says in one line what cut it short, if something did. May be called again
   * once it has settled.
   * @throws TmonError when the source fails.
   */
  play(options: PlayOptions): Promise<string | undefined>;
  /** What is known of its rhythm may change it. */
  patience(intervalMs: number): Patience;
}
