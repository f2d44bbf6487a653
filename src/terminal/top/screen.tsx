import { EventEmitter } from "node:events";
import { type Instance, render } from "ink";
import type { Model } from "./model/model.ts";
import type { Ui } from "./ui.ts";
import { Top } from "./view/top.tsx";

export interface Screen {
  show(model: Model, ui: Ui): void;
  /** Leaves the terminal as it was. Idempotent. */
  close(): void;
}

const hideCursor = "\x1b[?25l";
const enter = `\x1b[?1049h${hideCursor}`;
const leave = "\x1b[?25h\x1b[?1049l";
const clear = "\x1b[2J";
/** A terminal that knows them shows what is between at once. */
const [begin, end] = ["\x1b[?2026h", "\x1b[?2026l"];

/** Ink takes its time for every place of a frame, blank ones too: those below the tables are not its own. */
export function atFullHeight(lines: readonly string[], rows: number): string[] {
  const blank = Array.from({ length: Math.max(0, rows - lines.length) }, () => "");
  return [...lines.slice(0, Math.min(lines.length, rows) - 1), ...blank, ...lines.slice(-1)];
}

/**
 * The terminal's second screen. Ink lays a frame out and gives it as a whole (that is its `debug`); of it the lines
 * that changed are written, each to its place. Ink's own way of writing clears terminal and scroll-back with every
 * frame as high as the window, and its incremental one puts lines a row too low (6.8).
 */
export function openScreen(
  terminal: NodeJS.WriteStream,
  { timezone, press }: { timezone: string; press(key: string): void },
): Screen {
  let ink: Instance | undefined;
  let last: { model: Model; ui: Ui } | undefined;
  let painted: string[] = [];
  let closed = false;

  // A line that fills the last column leaves terminals in doubt where the cursor is.
  const size = () => ({ columns: terminal.columns - 1, rows: terminal.rows });
  const canvas = Object.defineProperty(Object.assign(new EventEmitter(), { write: paint }), "columns", {
    get: () => size().columns,
  }) as unknown as NodeJS.WriteStream;

  function paint(frame: string): boolean {
    if (closed) return true;
    const lines = atFullHeight(frame.split("\n"), terminal.rows);
    const changed = lines.map((line, row) =>
      line === painted[row] ? "" : `\x1b[${row + 1};1H${line}\x1b[K`,
    );
    painted = lines;
    const text = changed.join("");
    return text === "" || terminal.write(begin + text + end);
  }

  function show(model: Model, ui: Ui): void {
    if (closed) return;
    last = { model, ui };
    const top = <Top model={model} ui={ui} size={size()} timezone={timezone} press={press} />;
    if (ink) ink.rerender(top);
    else ink = render(top, { stdout: canvas, debug: true, exitOnCtrlC: false, patchConsole: false });
  }

  function resized(): void {
    painted = [];
    terminal.write(clear);
    if (last) show(last.model, last.ui);
  }

  function close(): void {
    if (closed) return;
    closed = true;
    terminal.off("resize", resized);
    process.off("exit", close);
    ink?.unmount();
    terminal.write(leave);
  }

  terminal.write(enter + clear);
  terminal.on("resize", resized);
  process.on("exit", close);
  return { show, close };
}
