import { type Jpeg, shrinkJpeg } from "./jpeg.ts";

/** A group's picture on its way into a message. */
export interface GroupPicture {
  readonly jpeg: Jpeg;
  /** The least dangerous is left out first. */
  readonly danger: number;
}

/** Smaller pictures are not worth a look: rather leave one out. */
const leastBytes = 6000;

export function base64Length(bytes: number): number {
  return Math.ceil(bytes / 3) * 4;
}

/**
 * Makes pictures fit together into `budget` bytes of base64: the largest are encoded again smaller, and
 * when none can be made smaller, the least dangerous are left out (undefined).
 */
export async function fitPictures(
  pictures: readonly GroupPicture[],
  budget: number,
): Promise<(Jpeg | undefined)[]> {
  const kept: (Jpeg | undefined)[] = pictures.map(({ jpeg }) => jpeg);
  const final = new Set<number>();
  const length = (index: number) => kept[index]?.bytes.length ?? 0;
  const total = () => kept.reduce((sum, jpeg) => sum + base64Length(jpeg?.bytes.length ?? 0), 0);

  while (total() > budget) {
    const indices = [...kept.keys()].filter((index) => kept[index]);
    const shrinkable = indices.filter((index) => !final.has(index) && length(index) > leastBytes);
    if (shrinkable.length > 0) {
      const largest = shrinkable.reduce((a, b) => (length(b) > length(a) ? b : a));
      const before = kept[largest]!;
      const after = await shrinkJpeg(before, Math.max(leastBytes, before.bytes.length / 2));
      if (after.bytes.length >= before.bytes.length) final.add(largest);
      kept[largest] = after;
    } else {
      const danger = (index: number) => pictures[index]!.danger;
      kept[indices.reduce((a, b) => (danger(b) < danger(a) ? b : a))] = undefined;
    }
  }
  return kept;
}
