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

const enter = "\x1b[?1049h\x1b[2J\x1b[H";
const leave = "\x1b[?25h\x1b[?1049l";
const inkOptions = { exitOnCtrlC: false, patchConsole: false, incrementalRendering: true };
const clear = "\x1b[2J\x1b[H";

/**
 * The terminal's second screen, drawn by Ink. Ink is given a stream of a fixed width and no height: by itself it
 * would clear terminal and scroll-back whenever a frame is as high as the window. So frames end one line above the
 * window's end and one column before its edge, only lines that changed are written, and a window of another size
 * is begun anew.
 */
export function openScreen(
  terminal: NodeJS.WriteStream,
  { timezone, press }: { timezone: string; press(key: string): void },
): Screen {
  let ink: Instance | undefined;
  let last: { model: Model; ui: Ui } | undefined;
  let closed = false;

  function draw(model: Model, ui: Ui): void {
    last = { model, ui };
    const size = { columns: terminal.columns - 1, rows: terminal.rows - 1 };
    const top = <Top model={model} ui={ui} size={size} timezone={timezone} press={press} />;
    if (ink) ink.rerender(top);
    else ink = render(top, { ...inkOptions, stdout: canvas(terminal, size.columns) });
  }

  function resized(): void {
    ink?.unmount();
    ink = undefined;
    terminal.write(clear);
    if (last) draw(last.model, last.ui);
  }

  function close(): void {
    if (closed) return;
    closed = true;
    terminal.off("resize", resized);
    process.off("exit", close);
    ink?.unmount();
    terminal.write(leave);
  }

  terminal.write(enter);
  terminal.on("resize", resized);
  process.on("exit", close);
  return { show: (model, ui) => !closed && draw(model, ui), close };
}

function canvas(terminal: NodeJS.WriteStream, columns: number): NodeJS.WriteStream {
  const write = (chunk: string) => terminal.write(chunk);
  return Object.assign(new EventEmitter(), { columns, isTTY: true, write }) as unknown as NodeJS.WriteStream;
}
