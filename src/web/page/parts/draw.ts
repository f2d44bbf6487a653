import type { Box } from "../../../messages/common.ts";
import type { RiskLevel } from "../../../messages/result.ts";
import type { ShownGroup } from "../../screen-messages.ts";
import { levelOfGroup } from "../state/condition.ts";
import type { FrameVerdicts, PicturedFrame } from "../state/model.ts";

/** Marks on pictures look the same on a light page and on a dark one: the picture is the same. */
const colours: Record<RiskLevel | "unassessed", string> = {
  none: "#3ddc97",
  low: "#ffe14d",
  medium: "#ff9f2e",
  high: "#ff3b5c",
  unassessed: "#e9eef5",
};
const halo = "rgb(0 0 0 / 0.65)";
const objectColour = "rgb(255 255 255 / 0.75)";
/** A level shows in the line too: thin, dashed, thick, thicker. */
const lines: Record<RiskLevel | "unassessed", { width: number; dash: number[] }> = {
  none: { width: 1.5, dash: [] },
  low: { width: 2, dash: [8, 4] },
  medium: { width: 3, dash: [] },
  high: { width: 4.5, dash: [] },
  unassessed: { width: 1.5, dash: [3, 3] },
};

/** Where the picture lies on its canvas: contained, centred; CSS pixels. */
export interface Placement {
  scale: number;
  left: number;
  top: number;
}

export function placementOf(
  picture: { width: number; height: number },
  canvas: { width: number; height: number },
): Placement {
  const scale = Math.min(canvas.width / picture.width, canvas.height / picture.height);
  return {
    scale,
    left: (canvas.width - picture.width * scale) / 2,
    top: (canvas.height - picture.height * scale) / 2,
  };
}

export interface DrawOptions {
  placement: Placement;
  /** Name of a group's level, drawn beside it; undefined on small pictures. */
  label?: ((level: RiskLevel | "unassessed") => string) | undefined;
  className?: ((name: string) => string) | undefined;
}

/** Boxes of a frame and what is known of its groups. An unassessed group is hatched, whatever an older one was. */
export function drawMarks(
  context: CanvasRenderingContext2D,
  frame: PicturedFrame,
  on: FrameVerdicts | undefined,
  { placement, label, className }: DrawOptions,
): void {
  const { scale, left, top } = placement;
  const placed = ([x1, y1, x2, y2]: Box): Box => [
    left + x1 * scale,
    top + y1 * scale,
    left + x2 * scale,
    top + y2 * scale,
  ];
  for (const { bbox, class: name } of frame.detectedObjects) {
    const box = placed(bbox);
    strokeBox(context, box, { width: 1, dash: [], colour: objectColour });
    if (className) drawText(context, className(name), box[0], box[3] + 12, objectColour);
  }
  for (const group of byDanger(frame.trafficGroups, on)) {
    const level = levelOfGroup(on, group.groupIndex) ?? "unassessed";
    const box = grown(placed(group.bbox), 3);
    if (level === "unassessed") hatch(context, box, label ? 14 : 8);
    strokeBox(context, box, { ...lines[level], colour: colours[level] });
    if (label) drawTag(context, label(level), box, colours[level]);
  }
}

/** The most dangerous is drawn last, over the others. */
function byDanger(groups: readonly ShownGroup[], on: FrameVerdicts | undefined): ShownGroup[] {
  const order = ["none", undefined, "low", "medium", "high"];
  const rank = (group: ShownGroup) => order.indexOf(levelOfGroup(on, group.groupIndex));
  return [...groups].sort((a, b) => rank(a) - rank(b));
}

function grown([x1, y1, x2, y2]: Box, by: number): Box {
  return [x1 - by, y1 - by, x2 + by, y2 + by];
}

function strokeBox(
  context: CanvasRenderingContext2D,
  [x1, y1, x2, y2]: Box,
  { width, dash, colour }: { width: number; dash: number[]; colour: string },
): void {
  const stroke = (style: string, lineWidth: number) => {
    context.strokeStyle = style;
    context.lineWidth = lineWidth;
    context.strokeRect(x1, y1, x2 - x1, y2 - y1);
  };
  context.setLineDash([]);
  stroke(halo, width + 2);
  context.setLineDash(dash);
  stroke(colour, width);
  context.setLineDash([]);
}

function hatch(context: CanvasRenderingContext2D, [x1, y1, x2, y2]: Box, spacing: number): void {
  context.save();
  context.beginPath();
  // A band along the edge: what is in the group stays to be seen.
  const band = Math.min(2 * spacing, (x2 - x1) / 4, (y2 - y1) / 4);
  context.rect(x1, y1, x2 - x1, y2 - y1);
  context.rect(x1 + band, y1 + band, x2 - x1 - 2 * band, y2 - y1 - 2 * band);
  context.clip("evenodd");
  context.fillStyle = "rgb(20 28 38 / 0.4)";
  context.fillRect(x1, y1, x2 - x1, y2 - y1);
  context.beginPath();
  for (let x = x1 - (y2 - y1); x < x2; x += spacing) {
    context.moveTo(x, y2);
    context.lineTo(x + (y2 - y1), y1);
  }
  context.strokeStyle = "rgb(233 238 245 / 0.7)";
  context.lineWidth = 1.25;
  context.stroke();
  context.restore();
}

const font = '600 12px system-ui, "Noto Sans CJK SC", sans-serif';

function drawTag(context: CanvasRenderingContext2D, text: string, [x1, y1]: Box, colour: string): void {
  context.font = font;
  const width = context.measureText(text).width + 12;
  const top = Math.max(0, y1 - 20);
  context.fillStyle = colour;
  context.fillRect(x1 - 1, top, width, 18);
  context.fillStyle = "#10161d";
  context.fillText(text, x1 + 5, top + 13);
}

function drawText(
  context: CanvasRenderingContext2D,
  text: string,
  x: number,
  y: number,
  colour: string,
): void {
  context.font = font;
  context.lineWidth = 3;
  context.strokeStyle = halo;
  context.strokeText(text, x + 2, y);
  context.fillStyle = colour;
  context.fillText(text, x + 2, y);
}
