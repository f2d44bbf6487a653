export interface Line {
  name: string;
  /** One for each x; null breaks the line. */
  values: readonly (number | null)[];
  /** A dashed line is what was wanted, not what was measured. */
  dashed?: boolean;
}

export interface Chart {
  seconds: readonly number[];
  lines: readonly Line[];
  unit: string;
}

/** Drawn for either: text that is scaled down with a picture cannot be read on a phone. */
const sizes = [
  { name: "wide", width: 720, height: 220, mostTicks: 8 },
  { name: "narrow", width: 320, height: 200, mostTicks: 4 },
] as const;

/** A line chart as inline SVG; colours are the page's `--line-1`, `--line-2`, `--line-3`. */
export function lineChart({ seconds, lines, unit }: Chart): string {
  const legend = lines
    .map(({ name, dashed }, index) => {
      const look = dashed ? " key-dashed" : "";
      return `<span class="key key-${index + 1}${look}">${name}</span>`;
    })
    .join("");
  const drawn = sizes.map((size) => drawing({ seconds, lines, unit }, size));
  return `<figcaption>${legend}<span class="unit">${unit}</span></figcaption>\n${drawn.join("\n")}`;
}

function drawing(
  { seconds, lines, unit }: Chart,
  { name: size, width, height, mostTicks }: (typeof sizes)[number],
): string {
  const plot = { left: 60, right: width - 12, top: 12, bottom: height - 30 };
  const highest = Math.max(1, ...lines.flatMap(({ values }) => values.map((value) => value ?? 0)));
  const yTicks = ticks(highest);
  const xMax = Math.max(1, seconds.at(-1) ?? 0);
  const xTicks = ticks(xMax, mostTicks - 1).filter((tick) => tick <= xMax);
  const yMax = yTicks.at(-1)!;
  const x = (second: number) => round(plot.left + (second / xMax) * (plot.right - plot.left));
  const y = (value: number) => round(plot.bottom - (value / yMax) * (plot.bottom - plot.top));
  const rows = yTicks.flatMap((tick) => [
    `<line class="grid" x1="${plot.left}" x2="${plot.right}" y1="${y(tick)}" y2="${y(tick)}"/>`,
    `<text x="${plot.left - 8}" y="${y(tick) + 4}" text-anchor="end">${tick.toLocaleString("en")}</text>`,
  ]);
  const columns = xTicks.map(
    (tick) => `<text x="${x(tick)}" y="${plot.bottom + 20}" text-anchor="middle">${tick} s</text>`,
  );
  const drawn = lines.map(({ values, dashed }, index) => {
    const look = `line line-${index + 1}${dashed ? " dashed" : ""}`;
    return `<path class="${look}" d="${pathOf(seconds, values, x, y)}"/>`;
  });
  const label = `${lines.map(({ name }) => name).join(", ")}: ${unit}`;
  return `<svg class="${size}" viewBox="0 0 ${width} ${height}" role="img" aria-label="${label}">${[...rows, ...columns, ...drawn].join("")}</svg>`;
}

/** Round numbers from 0 to the first that is no less than the highest, in at most so many steps. */
export function ticks(highest: number, steps = 5): number[] {
  const rough = highest / steps;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((size) => size >= rough)!;
  return Array.from({ length: Math.ceil(highest / step) + 1 }, (_, index) => tidy(index * step));
}

/** Without what binary fractions add. */
const tidy = (value: number) => Number(value.toPrecision(6));

function pathOf(
  seconds: readonly number[],
  values: readonly (number | null)[],
  x: (second: number) => number,
  y: (value: number) => number,
): string {
  let begun = false;
  return values
    .map((value, index) => {
      const command = begun ? "L" : "M";
      begun = value !== null;
      return value === null ? "" : `${command}${x(seconds[index]!)} ${y(value)}`;
    })
    .join("");
}

const round = (value: number) => Math.round(value * 10) / 10;
