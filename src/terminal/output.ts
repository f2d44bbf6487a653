import { once } from "node:events";
import Table from "cli-table3";
import stringWidth from "string-width";
import { liveLine } from "./live-line.ts";

/**
 * Writes one line to stdout, waiting while the reader is slow.
 * A reader that goes away (`| head -1`) ends the process with 0: see guardStreams.
 */
export async function writeLine(line: string): Promise<void> {
  if (!process.stdout.write(`${line}\n`)) await once(process.stdout, "drain");
}

/**
 * A pipe that closes early is no error: without a reader of its data a command is done, without one of its
 * remarks a daemon goes on. Anything else, a full disk say, ends the process as any error nobody caught.
 */
export function guardStreams(): void {
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "EPIPE") process.exit(0);
    throw error;
  });
  // There is nowhere left to say it.
  process.stderr.on("error", () => {});
}

/** For people, on stderr: data alone goes to stdout. */
export function say(line: string): void {
  liveLine.above(`${line}\n`);
}

/** Others' words on a terminal: what would move its cursor or colour it is shown as a mark. */
export function printable(text: string): string {
  return text.replaceAll(/\p{Cc}/gu, "\ufffd");
}

/**
 * A borderless table whose columns line up for wide characters too. With a `width` (a terminal's columns) the
 * column `cut`, its second, is shortened where the lines would be longer.
 */
export function formatTable(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  width = Number.POSITIVE_INFINITY,
  cut = 1,
): string {
  const widths = head.map((_, column) =>
    Math.max(...[head, ...rows].map((row) => stringWidth(row[column] ?? "") + gap)),
  );
  const excess = Math.max(0, widths.reduce((sum, each) => sum + each, -gap) - width);
  const colWidths = widths.map((each, column) => (column === cut ? Math.max(gap + 8, each - excess) : each));
  const table = new Table({
    head: [...head],
    colWidths,
    chars: Object.fromEntries(borders.map((border) => [border, ""])),
    style: { "padding-left": 0, "padding-right": gap, head: [], border: [], compact: true },
  });
  table.push(...rows.map((row) => [...row]));
  return table
    .toString()
    .split("\n")
    .map((line) => line.trimEnd())
    .join("\n");
}

const gap = 2;

const borders = [
  "top",
  "top-mid",
  "top-left",
  "top-right",
  "bottom",
  "bottom-mid",
  "bottom-left",
  "bottom-right",
  "left",
  "left-mid",
  "mid",
  "mid-mid",
  "right",
  "right-mid",
  "middle",
] as const;
