import { expect, it } from "vitest";
import { createLiveLine } from "../../src/terminal/live-line.ts";

function openScreen(columns: number) {
  let written = "";
  const terminal = {
    columns,
    write(text: string) {
      written += text;
      return true;
    },
  };
  /** What stands on it: of each line what came after its last clearing. */
  const lines = () => written.split("\n").map((line) => line.split("\r\x1b[K").at(-1));
  return { live: createLiveLine(terminal as unknown as NodeJS.WriteStream), lines };
}

it("other lines come to stand whole above the live one, which stays the last", () => {
  const { live, lines } = openScreen(80);
  live.above("before\n");
  live.show("1s: 10 sent, 9 results");
  live.above("a log's line\n");
  live.show("2s: done");
  live.above("short\n");
  expect(lines()).toEqual(["before", "a log's line", "short", "2s: done"]);
  live.end();
  live.above("after\n");
  expect(lines()).toEqual(["before", "a log's line", "short", "2s: done", "after", ""]);
});

it("never takes two lines of the window", () => {
  const { live, lines } = openScreen(10);
  live.show("0123456789");
  expect(lines()).toEqual(["012345678"]);
});
