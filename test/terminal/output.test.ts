import { describe, expect, it } from "vitest";
import { TmonError } from "../../src/errors.ts";
import { asTmonError, describeFailure } from "../../src/terminal/failure.ts";
import { messageJson } from "../../src/terminal/message-line.ts";
import { formatTable } from "../../src/terminal/output.ts";
import { formatTime } from "../../src/terminal/time.ts";

const message = { topic: "t", partition: 3, offset: 7, key: "k", timestamp: 5, headers: {} };

describe("a message as JSON", () => {
  it("keeps the value's text, numbers that JavaScript would round included", () => {
    const line = messageJson({ ...message, value: Buffer.from('{"id":12345678901234567890,"x":1.0}') });
    expect(line).toBe(
      '{"topic":"t","partition":3,"offset":7,"key":"k","timestamp":5,"headers":{},"value":{"id":12345678901234567890,"x":1.0}}',
    );
  });

  it("is one line even where the value was written over several", () => {
    const line = messageJson({ ...message, value: Buffer.from('{\n  "a": 1\r\n}') });
    expect(line).not.toContain("\n");
    expect(JSON.parse(line).value).toEqual({ a: 1 });
  });

  it("gives in base64 what is no JSON", () => {
    const value = Buffer.from([0xff, 0x00, 0x7b]);
    expect(JSON.parse(messageJson({ ...message, value })).valueBase64).toBe(value.toString("base64"));
  });
});

describe("a failure", () => {
  it("is one line of what happened and one of what to do", () => {
    const error = new TmonError("TMON_NO_MODEL", "no model is configured", "name one with --model");
    expect(describeFailure(error, "text")).toBe(
      "tmon: TMON_NO_MODEL: no model is configured\n  what to do: name one with --model",
    );
    expect(JSON.parse(describeFailure(error, "json")).error.code).toBe("TMON_NO_MODEL");
  });

  it("that nobody expected is a bug: exit 70, with its stack", () => {
    const failure = asTmonError(new RangeError("off by one"));
    expect(failure.exitCode).toBe(70);
    expect(describeFailure(failure, "text")).toContain("RangeError: off by one");
  });

  it("never shows a password or a key", () => {
    const error = new TmonError(
      "TMON_SOURCE_UNREADABLE",
      "cannot open rtsp://admin:hunter2@10.0.0.1/live",
      "try sk-1234567890abcdef",
    );
    expect(describeFailure(error, "text")).toBe(
      "tmon: TMON_SOURCE_UNREADABLE: cannot open rtsp://…@10.0.0.1/live\n  what to do: try sk-…",
    );
  });
});

describe("a table", () => {
  it("lines its columns up for wide characters", () => {
    const lines = formatTable(
      ["name", "n"],
      [
        ["跟车过近", "1"],
        ["car", "2"],
      ],
    ).split("\n");
    expect(lines).toEqual(["name      n", "跟车过近  1", "car       2"]);
  });

  it("is no wider than the terminal: its second column is cut", () => {
    const rows = [["url", "rtsp://camera.example.com/live/north/crossing", "default"]];
    const lines = formatTable(["KEY", "VALUE", "FROM"], rows, 40).split("\n");
    expect(lines.map((line) => line.length)).toEqual([37, 40]);
    expect(lines[1]).toMatch(/^url {2}rtsp:\/\/camera\.\S+… {2}default$/);
    expect(formatTable(["KEY", "VALUE", "FROM"], rows)).toContain("/north/crossing");
  });
});

describe("a time", () => {
  it("is shown in the configured zone with its offset", () => {
    expect(formatTime(Date.UTC(2026, 10, 23, 8, 0, 0, 123), "Asia/Shanghai")).toBe(
      "2026-11-23 16:00:00.123 +08:00",
    );
    expect(formatTime(0, "UTC")).toBe("1970-01-01 00:00:00.000 +00:00");
  });
});
