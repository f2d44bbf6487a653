import { expect, test } from "vitest";
import { sensorRowBase64 } from "../../../src/simulator/cameras/drawing/sensor-row.ts";
import { assemble } from "../../support/assemble.ts";

test("the module is its source, assembled", async () => {
  const source = new URL("../../../src/simulator/cameras/drawing/sensor-row.wat", import.meta.url);
  expect(sensorRowBase64).toBe(await assemble(source));
});
