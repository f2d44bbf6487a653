import { effect } from "@preact/signals";
import { verdictsOn } from "../state/condition.ts";
import type { CameraModel, PicturedFrame } from "../state/model.ts";
import { type DrawOptions, drawMarks, placementOf } from "./draw.ts";

/** What beside the frame decides how marks look; read in an effect, so that a change draws anew. */
export type MarkOptions = () => Pick<DrawOptions, "label" | "className">;

/** Frames without a picture still have boxes, in a frame of the usual shape if it is not said. */
const usualSize = { width: 1280, height: 720 };

/**
 * Keeps a canvas at a camera's newest frame: frame -> decoded off the main thread -> drawn with its marks, at
 * most once a screen refresh, and only while it can be seen. The answer ends it.
 */
export function paintCamera(
  canvas: HTMLCanvasElement,
  camera: CameraModel,
  options: MarkOptions,
): () => void {
  const context = canvas.getContext("2d")!;
  let shown: { frame: PicturedFrame; bitmap: ImageBitmap | undefined } | undefined;
  let visible = false;
  let decoding = false;
  let drawing = 0;
  let ended = false;

  /** One at a time: when frames come faster than they can be decoded, those in between are left out. */
  async function decode(): Promise<void> {
    const frame = camera.frame.peek();
    if (decoding || !visible || !frame || frame === shown?.frame) return;
    decoding = true;
    const bitmap = frame.jpeg ? await createImageBitmap(frame.jpeg).catch(() => undefined) : undefined;
    decoding = false;
    if (ended) return bitmap?.close();
    shown?.bitmap?.close();
    shown = { frame, bitmap };
    requestDraw();
    decode();
  }

  function requestDraw(): void {
    if (drawing === 0 && visible) drawing = requestAnimationFrame(draw);
  }

  function draw(): void {
    drawing = 0;
    const { clientWidth: width, clientHeight: height } = canvas;
    const ratio = devicePixelRatio;
    if (canvas.width !== Math.round(width * ratio) || canvas.height !== Math.round(height * ratio)) {
      canvas.width = Math.round(width * ratio);
      canvas.height = Math.round(height * ratio);
    }
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.clearRect(0, 0, width, height);
    if (!shown) return;
    const { frame, bitmap } = shown;
    const size = sizeOf(frame, bitmap);
    const placement = placementOf(size, { width, height });
    const { left, top, scale } = placement;
    if (bitmap) context.drawImage(bitmap, left, top, size.width * scale, size.height * scale);
    drawMarks(context, frame, verdictsOn(camera, frame), { placement, ...options() });
    canvas.dataset.frame = frame.messageId;
  }

  const stopFollowing = effect(() => {
    camera.frame.value;
    camera.verdicts.value;
    options();
    decode();
    requestDraw();
  });
  const resizing = new ResizeObserver(requestDraw);
  resizing.observe(canvas);
  const seeing = new IntersectionObserver(([entry]) => {
    visible = entry?.isIntersecting ?? false;
    decode();
    requestDraw();
  });
  seeing.observe(canvas);

  return () => {
    ended = true;
    stopFollowing();
    resizing.disconnect();
    seeing.disconnect();
    cancelAnimationFrame(drawing);
    shown?.bitmap?.close();
  };
}

/** Boxes are in the frame's pixels, which the picture may be a smaller copy of. */
function sizeOf({ imageWidth, imageHeight }: PicturedFrame, bitmap: ImageBitmap | undefined) {
  if (imageWidth && imageHeight) return { width: imageWidth, height: imageHeight };
  return bitmap ? { width: bitmap.width, height: bitmap.height } : usualSize;
}
