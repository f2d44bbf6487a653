import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { prepareDataDirectory } from "../../src/lmdb/data-directory.ts";
import { temporaryDirectory } from "../support/tmp.ts";

const parent = temporaryDirectory();
let number = 0;
const newDirectory = (): string => join(parent, `${number++}`);

function withFiles(format: string | undefined): string {
  const directory = newDirectory();
  mkdirSync(directory);
  writeFileSync(join(directory, "bus.mdb"), "old bus");
  writeFileSync(join(directory, "notes.txt"), "mine");
  if (format !== undefined) writeFileSync(join(directory, "format"), format);
  return directory;
}

test("a new directory is made, private to the user, with the format's number", () => {
  const directory = join(newDirectory(), "deep", "er");
  prepareDataDirectory(directory);
  expect(statSync(directory).mode & 0o777).toBe(0o700);
  expect(readFileSync(join(directory, "format"), "utf8")).toBe("2\n");
  expect(readdirSync(directory)).toEqual(["format"]);
});

test.each(["1\n", "2\n"])(
  "files of a format that is read stay, and are of this one from then on (%j)",
  (format) => {
    const directory = withFiles(format);
    prepareDataDirectory(directory);
    expect(readFileSync(join(directory, "format"), "utf8")).toBe("2\n");
    expect(readFileSync(join(directory, "bus.mdb"), "utf8")).toBe("old bus");
  },
);

test("a newer format is refused and left alone", () => {
  const directory = withFiles("3\n");
  expect(() => prepareDataDirectory(directory)).toThrowError(
    expect.objectContaining({ code: "TMON_DATA_DIR_NEWER" }),
  );
  expect(readFileSync(join(directory, "format"), "utf8")).toBe("3\n");
  expect(readFileSync(join(directory, "bus.mdb"), "utf8")).toBe("old bus");
});

test.each([
  ["an older", "0"],
  ["an unreadable", "?"],
  ["no", undefined],
])("%s format is set aside, never deleted; strangers' files stay", (_, format) => {
  const directory = withFiles(format);
  prepareDataDirectory(directory);
  expect(existsSync(join(directory, "bus.mdb"))).toBe(false);
  expect(readFileSync(join(directory, "notes.txt"), "utf8")).toBe("mine");
  const [aside] = readdirSync(directory).filter((name) => name.startsWith("set-aside-"));
  expect(readFileSync(join(directory, aside!, "bus.mdb"), "utf8")).toBe("old bus");
  prepareDataDirectory(directory);
});

test("a directory that cannot be written is refused by name", () => {
  const file = newDirectory();
  writeFileSync(file, "");
  expect(() => prepareDataDirectory(join(file, "data"))).toThrowError(
    expect.objectContaining({ code: "TMON_DATA_DIR_UNWRITABLE", message: expect.stringContaining(file) }),
  );
});

test("one on a file system that makes no directories is refused too", () => {
  expect(() => prepareDataDirectory("/proc/nothing/data")).toThrowError(
    expect.objectContaining({ code: "TMON_DATA_DIR_UNWRITABLE" }),
  );
});
