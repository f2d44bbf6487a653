import type { Box } from "../messages/common.ts";

/** The VLM takes pictures with sides over 10 px and an aspect of at most 200:1. */
const minSidePx = 11;
const maxAspect = 200;

/** Whole pixels of a picture. */
export interface Rectangle {
  left: number;
  top: number;
  width: number;
  height: number;
}

/**
 * The part of a picture to show of a box: the box with a margin, inside the picture, and wide enough that
 * also scaled down to `maxSidePx` no side is too short for the VLM.
 */
export function cropRectangle(
  [x1, y1, x2, y2]: Box,
  picture: { width: number; height: number },
  rules: { marginPx: number; maxSidePx: number },
): Rectangle {
  const { marginPx } = rules;
  const across = Math.min(x2 - x1 + 2 * marginPx, picture.width);
  const down = Math.min(y2 - y1 + 2 * marginPx, picture.height);
  const longer = Math.max(across, down);
  const least = Math.max(minSidePx, longer / maxAspect, (minSidePx * longer) / rules.maxSidePx);
  const [left, right] = span(x1 - marginPx, x2 + marginPx, least, picture.width);
  const [top, bottom] = span(y1 - marginPx, y2 + marginPx, least, picture.height);
  return { left, top, width: right - left, height: bottom - top };
}

/** [from, to) in whole pixels within 0…limit, widened about its middle to at least `least` where there is room. */
function span(from: number, to: number, least: number, limit: number): [number, number] {
  const lack = Math.max(0, least - (Math.min(to, limit) - Math.max(from, 0))) / 2;
  const start = Math.max(0, Math.floor(from - lack));
  const end = Math.min(limit, Math.ceil(to + lack));
  // What the edge took on one side is added on the other.
  const missing = Math.max(0, Math.ceil(least) - (end - start));
  if (start === 0) return [0, Math.min(limit, end + missing)];
  return [Math.max(0, start - missing), end];
}
