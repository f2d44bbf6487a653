import { useEffect, useRef } from "preact/hooks";
import type { Box } from "../../../messages/common.ts";

const marginPx = 12;
const longSidePx = 240;

export interface CropProps {
  jpeg: Blob;
  /** The frame's own, in whose pixels the box is: the picture may be a smaller copy. */
  imageWidth: number | undefined;
  bbox: Box;
}

/** A group's part of its own frame's picture, drawn once. */
export function Crop(props: CropProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    drawCrop(canvas.current!, props).catch(() => {});
  }, [props.jpeg]);
  return <canvas ref={canvas} class="crop" width={0} height={0} />;
}

async function drawCrop(canvas: HTMLCanvasElement, { jpeg, imageWidth, bbox }: CropProps): Promise<void> {
  const bitmap = await createImageBitmap(jpeg);
  const ratio = bitmap.width / (imageWidth ?? bitmap.width);
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
