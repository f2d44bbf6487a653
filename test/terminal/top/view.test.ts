import { renderToString } from "ink";
import { render } from "ink-testing-library";
import { createElement } from "react";
import stringWidth from "string-width";
import { describe, expect, it, vi } from "vitest";
import type { Model } from "../../../src/terminal/top/model/model.ts";
import { atFullHeight } from "../../../src/terminal/top/screen.tsx";
import { firstUi, pressed, type Ui } from "../../../src/terminal/top/ui.ts";
import { formatCount, formatRate, formatUsage, sparkline } from "../../../src/terminal/top/view/figures.ts";
import { Top } from "../../../src/terminal/top/view/top.tsx";
import { beat, busy, camera, modelOf } from "./samples.ts";

const screen = (model: Model, size: { columns: number; rows: number }, ui: Ui = firstUi, press = () => {}) =>
  createElement(Top, { model, ui, size, timezone: "UTC", press });

const small = { columns: 79, rows: 24 };
const large = { columns: 199, rows: 60 };

function frame(model: Model, size = small, ui: Ui = firstUi): string[] {
  const lines = renderToString(screen(model, size, ui), { columns: size.columns }).split("\n");
  return atFullHeight(lines, size.rows);
}

/** Where a text stands in its line, in columns of the terminal. */
const columnOf = (lines: string[], text: string | RegExp): number => {
  const line = lines.find((each) => each.search(text) >= 0);
  return line === undefined ? -1 : stringWidth(line.slice(0, line.search(text)));
};

describe.each([
  ["80x24", small],
  ["200x60", large],
])("at %s", (_, size) => {
  it("fills the screen and no more, whatever there is to show", () => {
    const dead = modelOf({ ...busy, beats: busy.beats!.map((each) => ({ ...each, gone: true })) });
    for (const model of [modelOf({}), modelOf(busy), dead]) {
      const lines = frame(model, size);
      expect(lines).toHaveLength(size.rows);
      for (const line of lines) expect(stringWidth(line)).toBeLessThanOrEqual(size.columns);
      expect(lines.at(-1)).toMatch(/^q quit/);
    }
  });

  it("says what there is, what is wrong, and how fast it goes", () => {
    const text = frame(modelOf(busy), size).join("\n");
    expect(text).toMatch(
      /^4 roles {2}50 cameras \(49 live\) {2}10 keys \(9 healthy\) .*end to end 1\.2s, p95 1\.9s$/m,
    );
    expect(text).toContain("key key_7 is disabled: the account is unpaid");
    expect(text).toContain("camera junction-4 failed: wrong user name or password");
    expect(text).toMatch(/tasks +- .*tmon-scheduler +12 +1\.2s/);
    expect(text).toMatch(/key_7 +disabled +2 +212\/300 +81k\/200k +910ms +1\.9s .*1\.23/);
  });
});

it("shows every table where there is room, the keys first where there is not", () => {
  const heads = (lines: string[]) => lines.join("\n").match(/\b(STAGE|KEY|ROLE|CAMERA)( \d+\/\d+)?/g);
  expect(heads(frame(modelOf(busy), large))).toEqual(["STAGE", "ROLE", "CAMERA 46/50", "KEY"]);
  expect(heads(frame(modelOf(busy), small))).toEqual(["STAGE", "KEY 9/10"]);
  const few = modelOf({ ...busy, cameras: [camera("one")], beats: [beat(), beat({ role: "scheduler" })] });
  expect(heads(frame(few, small))).toEqual(["STAGE", "ROLE", "CAMERA"]);
});

it("keeps its columns, also with wide characters, long names and what would move the cursor", () => {
  const names = ["北门路口", "a", "a-very-long-name-of-a-camera", "bell\x07"];
  const lines = frame(modelOf({ cameras: names.map((name) => camera(name)) }));
  const live = lines.filter((line) => line.includes(" live "));
  expect(live).toHaveLength(4);
  for (const line of live) expect(columnOf([line], /live/)).toBe(columnOf(lines, /STATE/));
  expect(lines.join("\n")).toContain("a-very-long-nam…");
  expect(lines.join("\n")).not.toContain("\x07");
});

it("puts the dead roles first, with how long they are silent", () => {
  const lines = frame(modelOf({ beats: [beat(), beat({ role: "aggregator", gone: true })] }));
  const roles = lines.filter((line) => line.includes("edge-1 ") && line.includes("4711"));
  expect(roles[0]).toMatch(/^aggregator +dead 0ms +edge-1/);
  expect(roles[1]).toMatch(/^generator +up +edge-1 +4711 +60s/);
});

it("says what is away and goes on with what is there", () => {
  const text = frame(modelOf({ ...busy, busTrouble: "no answer for 7 s" })).join("\n");
  expect(text).toContain("bus: no answer for 7 s");
  expect(text).toContain("key_7");
});

it("explains itself, and says when it stands still", () => {
  const help = frame(modelOf(busy), small, { ...firstUi, help: true }).join("\n");
  expect(help).not.toContain("…");
  expect(help).toMatch(/yellow +heals by itself/);
  expect(frame(modelOf(busy), small, { ...firstUi, paused: true })[0]).toMatch(/PAUSED {2}\d\d:\d\d:\d\d$/);
});

it("hands over the keys that are pressed", async () => {
  const press = vi.fn();
  const { stdin, unmount } = render(screen(modelOf(busy), small, firstUi, press));
  // Ink listens once it has drawn.
  await vi.waitFor(() => {
    stdin.write("s");
    expect(press).toHaveBeenCalledWith("s");
  });
  stdin.write("\x03");
  expect(press).toHaveBeenLastCalledWith("\x03");
  unmount();
});

describe("keys", () => {
  const pressing = (...keys: string[]) =>
    keys.reduce<Ui | undefined>((ui, key) => ui && pressed(ui, key), firstUi);

  it("sort in turn, pause and go on, show and leave the help", () => {
    expect(pressing("s")?.order).toBe("name");
    expect(pressing("s", "s", "s", "s", "s")?.order).toBe("trouble");
    expect(pressing("p")?.paused).toBe(true);
    expect(pressing("p", " ")?.paused).toBe(false);
    expect(pressing("?")?.help).toBe(true);
    expect(pressing("?", "?")?.help).toBe(false);
    expect(pressing("?", "x")?.help).toBe(false);
  });

  it.each(["q", "\x03"])("%j leaves", (key) => {
    expect(pressing(key)).toBeUndefined();
  });
});

describe("figures", () => {
  it("are short", () => {
    expect([0, 0.44, 14.23, 99.96, 320, 12_345].map(formatRate)).toEqual([
      "0.0",
      "0.4",
      "14.2",
      "100",
      "320",
      "12k",
    ]);
    expect([0, 9_999, 10_000, 812_300, 999_999, 1_250_000, 15_000_000].map(formatCount)).toEqual([
      "0",
      "9999",
      "10k",
      "812k",
      "1.0M",
      "1.3M",
      "15M",
    ]);
    expect(formatUsage({ used: 212, limit: null })).toBe("212");
    expect([formatRate(null), formatCount(null), formatUsage(null)]).toEqual(["-", "-", "-"]);
  });

  it("make a sparkline, the newest on the right", () => {
    expect(sparkline([0, 4, 8, null], 6)).toBe("  ▁▅█ ");
    expect(sparkline([9, 1, 2], 2)).toBe("▅█");
    expect(sparkline([0, 0], 2)).toBe("▁▁");
  });
});
