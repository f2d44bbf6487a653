import { renderToString } from "ink";
import type { Model } from "./model/model.ts";
import { firstUi } from "./ui.ts";
import { Top } from "./view/top.tsx";

/** The screen as it is now, as long as it takes. */
export function topText(model: Model, { timezone, columns }: { timezone: string; columns: number }): string {
  const size = { columns, rows: Number.POSITIVE_INFINITY };
  return renderToString(<Top model={model} ui={firstUi} size={size} timezone={timezone} press={() => {}} />, {
    columns,
  })
    .split("\n")
    .map((line) => line.trimEnd())
    .join("\n");
}
