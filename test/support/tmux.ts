import { readFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { execa, type Options } from "execa";
import { onTestFinished } from "vitest";
import { program } from "./tmon.ts";
import { temporaryDirectory } from "./tmp.ts";
import { until } from "./until.ts";

export interface Terminal {
  /** What a person sees. */
  frame(options?: { colours?: boolean }): Promise<string>;
  /** Waits until it is seen. */
  shows(text: string | RegExp): Promise<string>;
  press(...keys: string[]): Promise<void>;
  resize(columns: number, rows: number): Promise<void>;
  /** Of the program in it. */
  pid(): number;
  /** Second screen on, cursor shown: "1 0". */
  modes(): Promise<string>;
  /** Waits for the program's end; what was on the first screen, what it said at its end, its exit status last. */
  ended(): Promise<string>;
}

/** The built program in a real terminal of this size, gone when the test ends. */
export async function openTerminal(
  args: readonly string[],
  { columns, rows, env = {} }: { columns: number; rows: number; env?: Record<string, string> },
): Promise<Terminal> {
  const directory = temporaryDirectory();
  const { PATH = "", HOME = "" } = process.env;
  const options = { env: { PATH, HOME, LANG: "C.UTF-8", ...env }, extendEnv: false };
  const tmux = ["-S", join(directory, "socket"), "-f", "/dev/null"];
  const lines = [
    "echo before",
    `sh -c 'echo $$ > "$1"; shift; exec "$@"' sh ${join(directory, "pid")} ${quoted(process.execPath, program, ...args)}`,
    'echo "status $?"',
    // -icanon and -echo: a terminal whose keys a program still takes for itself.
    "stty -a | grep -o -e '-icanon' -e '-echo '",
    "sleep 1000",
  ];
  const size = ["-x", String(columns), "-y", String(rows)];
  await execa("tmux", [...tmux, "new-session", "-d", ...size, lines.join("\n")], options);
  const { ask, hasNews, close } = control([...tmux, "-C", "attach-session", "-f", "ignore-size"], options);
  onTestFinished(close);
  const frame = ({ colours = false } = {}) => ask("capture-pane", "-p", ...(colours ? ["-e"] : []));
  const shows = async (text: string | RegExp) => {
    let last = await frame();
    const isShown = () => (typeof text === "string" ? last.includes(text) : text.test(last));
    const look = async () => {
      if (hasNews()) last = await frame();
      return isShown();
    };
    await until(look, { what: `the terminal to show ${text}` }).catch((error) => {
      throw new Error(`${error.message}\n${last}`);
    });
    return last;
  };
  return {
    frame,
    shows,
    press: async (...keys) => void (await ask("send-keys", ...keys)),
    resize: async (width, height) =>
      void (await ask("resize-window", "-x", String(width), "-y", String(height))),
    pid: () => Number(readFileSync(join(directory, "pid"), "utf8")),
    modes: () => ask("display-message", "-p", "#{alternate_on} #{cursor_flag}"),
    ended: () => shows(/^status \d+/m),
  };
}

/** tmux's control mode: one process that is asked over and over, and tells by itself when the terminal changed. */
function control(args: readonly string[], options: Options) {
  const child = execa("tmux", args, { ...options, reject: false, buffer: false });
  const waiting: ((answer: string) => void)[] = [];
  let news = true;
  let answer: string[] | undefined;
  createInterface({ input: child.stdout! }).on("line", (line) => {
    if (line.startsWith("%begin ")) answer = [];
    else if (/^%(end|error) /.test(line)) {
      waiting.shift()?.(answer!.join("\n"));
      answer = undefined;
    } else if (answer) answer.push(line);
    else news = true;
  });
  const ask = (...words: string[]) => {
    child.stdin!.write(`${quoted(...words)}\n`);
    return new Promise<string>((resolve) => waiting.push(resolve));
  };
  // Attaching is answered too.
  waiting.push(() => {});
  return {
    ask,
    /** Whether anything was written there since the last time this was asked. */
    hasNews() {
      const had = news;
      news = false;
      return had;
    },
    async close() {
      child.stdin!.write("kill-server\n");
      await child;
    },
  };
}

const quoted = (...words: string[]) => words.map((word) => `'${word}'`).join(" ");
