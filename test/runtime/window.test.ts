import { expect, test } from "vitest";
import { createWindow } from "../../src/runtime/window.ts";

function recorded(bound: { messages: number; bytes: number }) {
  const said: string[] = [];
  const window = createWindow(bound, { full: () => said.push("full"), room: () => said.push("room") });
  return { said, window };
}

test("a window is full at its bound and has room again at half, each said once", () => {
  const { said, window } = recorded({ messages: 4, bytes: 1_000 });
  for (let index = 0; index < 5; index++) window.add(1);
  expect(said).toEqual(["full"]);
  for (let index = 0; index < 2; index++) window.remove(1);
  expect(said).toEqual(["full"]);
  for (let index = 0; index < 3; index++) window.remove(1);
  expect(said).toEqual(["full", "room"]);
  expect([window.messages(), window.bytes()]).toEqual([0, 0]);
});

test("bytes fill it as well as messages", () => {
  const { said, window } = recorded({ messages: 100, bytes: 1_000 });
  window.add(999);
  window.add(1);
  expect(said).toEqual(["full"]);
  window.remove(999);
  expect(said).toEqual(["full", "room"]);
});
