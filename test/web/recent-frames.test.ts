import { expect, test } from "vitest";
import { createRecentFrames } from "../../src/web/recent-frames.ts";

const frame = (messageId: string, bytes = 10) => ({ messageId, jpeg: Buffer.alloc(bytes) });

test("each camera's last frames are kept, however many another has", () => {
  const frames = createRecentFrames({ perCamera: 2, bytes: 1_000 });
  frames.add("quiet", frame("q1"));
  for (const messageId of ["b1", "b2", "b3", "b3"]) frames.add("busy", frame(messageId));
  const known = ["q1", "b1", "b2", "b3"].filter((messageId) => frames.get(messageId));
  expect(known).toEqual(["q1", "b2", "b3"]);
});

test("past the bytes the oldest go, whichever camera's they are", () => {
  const frames = createRecentFrames({ perCamera: 9, bytes: 100 });
  frames.add("a", frame("a1", 40));
  frames.add("b", frame("b1", 40));
  frames.add("b", frame("b2", 60));
  expect(["a1", "b1", "b2"].filter((messageId) => frames.get(messageId))).toEqual(["b1", "b2"]);
  frames.add("a", frame("too large", 101));
  expect(["b1", "b2", "too large"].filter((messageId) => frames.get(messageId))).toEqual([]);
});
