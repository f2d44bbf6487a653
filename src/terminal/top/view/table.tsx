import cliTruncate from "cli-truncate";
import { Text } from "ink";
import stringWidth from "string-width";
import { printable } from "../../output.ts";

/** alarm: needs a person; warning: heals by itself; quiet: is there to be found, not to be read. */
export type Tone = "plain" | "alarm" | "warning" | "quiet";

export interface Cell {
  text: string;
  tone: Tone;
}

export interface Column<Row> {
  head: string;
  /** In a terminal's columns; of the one that grows, the least. */
  width: number;
  align?: "right";
  /** Takes what the others leave; where several would, the last. */
  grows?: boolean;
  /** Shown only in tables at least this wide. */
  from?: number;
  cell(row: Row, width: number): string | Cell;
}

const gap = "  ";

export interface TableProps<Row> {
  columns: readonly Column<Row>[];
  rows: readonly Row[];
  /** How many of them; where that is not all, the first head says so. */
  shown?: number;
  /** Tells rows apart. */
  idOf(row: Row): string;
  width: number;
}

export type RowsOf<Row> = Pick<TableProps<Row>, "rows" | "shown" | "width">;

/** A line for the head and one a row, in columns that stay where they are whatever they hold. */
export function Table<Row>({ rows, shown = rows.length, idOf, width: all, ...table }: TableProps<Row>) {
  const columns = fitted(table.columns, all);
  const [first] = columns;
  const heads = columns.map(({ head, width, align }) => padded(head, width, align));
  if (first && shown < rows.length)
    heads[0] = padded(`${first.head} ${shown}/${rows.length}`, first.width, undefined);
  return (
    <>
      <Text dimColor wrap="truncate">
        {heads.join(gap)}
      </Text>
      {rows.slice(0, shown).map((row) => (
        <Text key={idOf(row)} wrap="truncate">
          {spansOf(row, columns).map(({ text, tone, from }) => (
            <Toned key={from} tone={tone}>
              {text}
            </Toned>
          ))}
        </Text>
      ))}
    </>
  );
}

interface Span extends Cell {
  /** Its first column. */
  from: number;
}

/** Neighbours of one tone together: every span costs Ink time, and most rows are plain. */
function spansOf<Row>(row: Row, columns: readonly Column<Row>[]): Span[] {
  const spans: Span[] = [];
  for (const [from, { width, align, cell }] of columns.entries()) {
    const content = cell(row, width);
    const { text, tone } = typeof content === "string" ? { text: content, tone: "plain" as const } : content;
    const filled = padded(text, width, align);
    const shown = `${from === 0 ? "" : gap}${from === columns.length - 1 ? filled.trimEnd() : filled}`;
    const last = spans.at(-1);
    if (last?.tone === tone) last.text += shown;
    else spans.push({ text: shown, tone, from });
  }
  return spans;
}

function Toned({ tone, children }: { tone: Tone; children: string }) {
  if (tone === "plain") return <Text>{children}</Text>;
  if (tone === "quiet") return <Text dimColor>{children}</Text>;
  return <Text color={tone === "alarm" ? "red" : "yellow"}>{children}</Text>;
}

function fitted<Row>(all: readonly Column<Row>[], width: number): Column<Row>[] {
  const columns = all.filter(({ from = 0 }) => width >= from);
  const taken = columns.reduce((sum, each) => sum + each.width + gap.length, -gap.length);
  const left = Math.max(0, width - taken);
  const growing = columns.findLast(({ grows }) => grows);
  return columns.map((each) => (each === growing ? { ...each, width: each.width + left } : each));
}

/** Exactly so wide, wide characters counted as such. */
function padded(text: string, width: number, align: "right" | undefined): string {
  const shown = cliTruncate(printable(text), width);
  const padding = " ".repeat(Math.max(0, width - stringWidth(shown)));
  return align === "right" ? padding + shown : shown + padding;
}
