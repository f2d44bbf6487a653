import { expect, test } from "vitest";
import { catalogue } from "../../../src/config/models/catalogue.ts";
import { readModelFile } from "../../../src/config/models/file.ts";
import { fileOf } from "../../../src/config/models/find.ts";
import { openModel } from "../../../src/runtime/detector/model.ts";
import { measure } from "../../../src/runtime/models/checksum.ts";

const shipped = catalogue.filter(({ url }) => url === undefined);

test("there is a model for rendered cameras", () => {
  expect(shipped.map(({ purpose }) => purpose)).toEqual(["simulation"]);
});

test.each(shipped)("$name is what the catalogue says", async (model) => {
  const file = fileOf(model, { directory: "/none", mirror: undefined });
  expect(await measure(file), "src/config/models/catalogue.ts").toEqual(model.export);
  expect(readModelFile(file).forSimulation).toBe(true);
  const { session, layout } = await openModel(file);
  await session.release();
  expect([layout.inputWidth, layout.inputHeight]).toEqual(model.input);
  expect(layout.classes).toHaveLength(model.classCount);
});
