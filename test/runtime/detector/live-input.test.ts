import { describe, expect, test } from "vitest";
import { liveInput } from "../../../src/runtime/detector/sources/live-input.ts";

const fileLine = (url: string) => liveInput(url, "rtsp").script.split("\n")[1];

describe("what ffmpeg reads of a live URL", () => {
  test("is on its standard input alone", () => {
    const { args, script } = liveInput("rtsp://admin:hidden@cam/1", "rtsp");
    expect(args.join(" ")).not.toMatch(/hidden|cam/);
    expect(script).toContain("file 'rtsp://admin:hidden@cam/1'\n");
  });

  test("keeps every character of it", () => {
    expect(fileLine(`rtsp://u:p'q@cam/a b?x="y"&z=\\n#'`)).toBe(
      `file 'rtsp://u:p'\\''q@cam/a b?x="y"&z=\\n#'\\'''`,
    );
  });

  test.each(["\n", "\r", "\0"])("cannot be continued on another line: %j", (character) => {
    expect(() => liveInput(`rtsp://cam/1'${character}file '/etc/passwd`, "rtsp")).toThrow(
      expect.objectContaining({ code: "TMON_SOURCE_UNSUPPORTED" }),
    );
  });
});
