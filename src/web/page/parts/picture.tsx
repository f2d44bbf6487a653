import { useEffect, useRef } from "preact/hooks";
import { text } from "../i18n/text.ts";
import type { CameraModel } from "../state/model.ts";
import { type MarkOptions, paintCamera } from "./painter.ts";

const plain: MarkOptions = () => ({});
const detailed: MarkOptions = () => {
  const { classes, levels, unassessed } = text.value;
  return {
    label: (level) => (level === "unassessed" ? `? ${unassessed}` : levels[level]),
    className: (name) => classes[name] ?? name,
  };
};

/** A camera's newest frame with its marks. What it shows is said in words beside it. */
export function Picture({ camera, large = false }: { camera: CameraModel; large?: boolean }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => paintCamera(canvas.current!, camera, large ? detailed : plain), [camera, large]);
  return <canvas ref={canvas} class="picture" />;
}
