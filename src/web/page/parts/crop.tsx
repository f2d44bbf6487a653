import { useEffect, useRef } from "preact/hooks";
import type { Box } from "../../../messages/common.ts";
import type { PicturedFrame } from "../state/model.ts";

const marginPx = 12;
const longSidePx = 240;

/** A group's part of its own frame's picture. Drawn once: the frame itself may then be forgotten. */
export function Crop({ frame, bbox }: { frame: PicturedFrame | undefined; bbox: Box | undefined }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    if (frame?.jpeg && bbox) drawCrop(canvas.current!, frame, bbox).catch(() => {});
  }, [frame?.messageId]);
  return <canvas ref={canvas} class="crop" width={0} height={0} />;
}

async function drawCrop(canvas: HTMLCanvasElement, frame: PicturedFrame, bbox: Box): Promise<void> {
  const bitmap = await createImageBitmap(frame.jpeg!);
  // Boxes are in the frame's pixels, which the picture may be a smaller copy of.
  const ratio = bitmap.width / (frame.imageWidth ?? bitmap.width);
  const [x1, y1, x2, y2] = bbox.map((value) => value * ratio) as Box;
  const left = Math.max(0, x1 - marginPx);
  const top = Math.max(0, y1 - marginPx);
  const width = Math.max(1, Math.min(bitmap.width, x2 + marginPx) - left);
  const height = Math.max(1, Math.min(bitmap.height, y2 + marginPx) - top);
  const scale = longSidePx / Math.max(width, height);
  canvas.width = Math.round(width * scale);
  canvas.height = Math.round(height * scale);
  canvas.getContext("2d")?.drawImage(bitmap, left, top, width, height, 0, 0, canvas.width, canvas.height);
  bitmap.close();
}
