import type { Box } from "../messages/common.ts";

export function centreOf([x1, y1, x2, y2]: Box): { x: number; y: number } {
  return { x: (x1 + x2) / 2, y: (y1 + y2) / 2 };
}

export function longerSideOf([x1, y1, x2, y2]: Box): number {
  return Math.max(x2 - x1, y2 - y1);
}

export function contains([x1, y1, x2, y2]: Box, { x, y }: { x: number; y: number }): boolean {
  return x >= x1 && x <= x2 && y >= y1 && y <= y2;
}

/** Area of the intersection over area of the union: 0 apart, 1 identical. */
export function iou(a: Box, b: Box): number {
  const width = Math.min(a[2], b[2]) - Math.max(a[0], b[0]);
  const height = Math.min(a[3], b[3]) - Math.max(a[1], b[1]);
  if (width <= 0 || height <= 0) return 0;
  const intersection = width * height;
  return intersection / (areaOf(a) + areaOf(b) - intersection);
}

/** The smallest box around all boxes; there must be at least one. */
export function enclosing(boxes: readonly Box[]): Box {
  return boxes.reduce((a, b) => [
    Math.min(a[0], b[0]),
    Math.min(a[1], b[1]),
    Math.max(a[2], b[2]),
    Math.max(a[3], b[3]),
  ]);
}

function areaOf([x1, y1, x2, y2]: Box): number {
  return (x2 - x1) * (y2 - y1);
}
