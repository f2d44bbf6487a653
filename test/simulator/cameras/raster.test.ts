import { expect, test } from "vitest";
import { rasterBase64 } from "../../../src/simulator/cameras/drawing/raster.ts";
import { assemble } from "../../support/assemble.ts";

test("the module is its source, assembled", async () => {
  const source = new URL("../../../src/simulator/cameras/drawing/raster.wat", import.meta.url);
  expect(rasterBase64).toBe(await assemble(source));
});
