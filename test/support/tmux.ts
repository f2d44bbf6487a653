import { join } from "node:path";
import { execa } from "execa";
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
  pid(): Promise<number>;
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
  const tmux = async (...words: string[]) => {
    const options = { env: { PATH, HOME, LANG: "C.UTF-8", ...env }, extendEnv: false };
    return (await execa("tmux", ["-S", join(directory, "socket"), "-f", "/dev/null", ...words], options))
      .stdout;
  };
  const quoted = [process.execPath, program, ...args].map((word) => `'${word}'`).join(" ");
  const lines = [
    "echo before",
    `sh -c 'echo $$ > "$1"; shift; exec "$@"' sh ${join(directory, "pid")} ${quoted}`,
    'echo "status $?"',
    // -icanon and -echo: a terminal whose keys a program still takes for itself.
    "stty -a | grep -o -e '-icanon' -e '-echo '",
    "sleep 1000",
  ];
  await tmux("new-session", "-d", "-x", String(columns), "-y", String(rows), lines.join("\n"));
  onTestFinished(async () => void (await tmux("kill-server").catch(() => {})));
  const frame = ({ colours = false } = {}) => tmux("capture-pane", "-p", ...(colours ? ["-e"] : []));
  const shows = async (text: string | RegExp) => {
    let last = "";
    await until(
      async () => {
        last = await frame();
        return typeof text === "string" ? last.includes(text) : text.test(last);
      },
      { what: `the terminal to show ${text}` },
    ).catch((error) => {
      throw new Error(`${error.message}\n${last}`);
    });
    return last;
  };
  return {
    frame,
    shows,
    press: async (...keys) => void (await tmux("send-keys", ...keys)),
    resize: async (width, height) =>
      void (await tmux("resize-window", "-x", String(width), "-y", String(height))),
    pid: async () => Number(await execa("cat", [join(directory, "pid")]).then(({ stdout }) => stdout)),
    modes: () => tmux("display-message", "-p", "#{alternate_on} #{cursor_flag}"),
    ended: () => shows(/^status \d+/m),
  };
}
