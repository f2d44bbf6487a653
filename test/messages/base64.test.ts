import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { base64ModuleBase64, isBase64 } from "../../src/messages/base64.ts";
import { assemble } from "../support/assemble.ts";

test("the module is its source, assembled", async () => {
  const source = new URL("../../src/messages/base64.wat", import.meta.url);
  expect(base64ModuleBase64).toBe(await assemble(source));
});

const page = 65_536;
const both = (text: string) => [isBase64(text), isBase64(Buffer.from(text))];

describe("base64", () => {
  test("of any bytes is base64, as a text and as bytes", () => {
    const bytes = fc.uint8Array({ maxLength: 200 });
    fc.assert(
      fc.property(bytes, (some) => {
        expect(both(Buffer.from(some).toString("base64"))).toEqual([true, true]);
      }),
    );
  });

  test("of more bytes than are looked at at once is", () => {
    const text = Buffer.alloc(2 * page + 1, "~?>").toString("base64");
    expect(both(text)).toEqual([true, true]);
  });

  test("with any one byte that is none of its alphabet is none", () => {
    const alphabet = /[A-Za-z0-9+/]/;
    for (let code = 0; code < 256; code++) {
      const bytes = Buffer.alloc(64, "A");
      bytes[21] = code;
      expect(isBase64(bytes), String(code)).toBe(alphabet.test(String.fromCharCode(code)));
    }
  });

  test.each([
    ["three characters", "AAA"],
    ["blanks", "AA A"],
    ["a line's end", "AAA\n"],
    ["padding in the middle", "AA==AAAA"],
    ["three times padding", "A==="],
    ["of a URL", "-_A="],
    ["a letter with an accent", "AAAé"],
    ["a letter whose code ends like an A's", "AAA\u0141"],
    ["a letter with an accent where a page ends", `${"A".repeat(page - 1)}éAAAA`.slice(0, page + 4)],
    ["an error on the second page", `${"A".repeat(page)}AA-A`],
  ])("with %s is none", (_, text) => {
    expect(isBase64(text)).toBe(false);
  });
});
