import { expect, test } from "vitest";
import { textureBase64 } from "../../../src/simulator/cameras/drawing/texture.ts";
import { assemble } from "../../support/assemble.ts";

test("the module is its source, assembled", async () => {
  const source = new URL("../../../src/simulator/cameras/drawing/texture.wat", import.meta.url);
  expect(textureBase64).toBe(await assemble(source));
});
