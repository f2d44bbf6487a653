type Screen = Pick<NodeJS.WriteStream, "columns" | "write">;

/** A terminal's last line, which changes while other lines come to stand above it. */
export interface LiveLine {
  show(text: string): void;
  /** @param lines whole ones */
  above(lines: string): void;
  /** It stays where it is, as any other line. */
  end(): void;
}

const clearLine = "\r\x1b[K";

export function createLiveLine(terminal: Screen): LiveLine {
  let text = "";
  return {
    show(line) {
      // One that fills the last column may be two.
      text = line.slice(0, terminal.columns - 1);
      terminal.write(`${clearLine}${text}`);
    },
    above: (lines) => void terminal.write(text === "" ? lines : `${clearLine}${lines}${text}`),
    end() {
      if (text !== "") terminal.write("\n");
      text = "";
    },
  };
}

/** On stderr, where a person looks on. */
export const liveLine = createLiveLine(process.stderr);
