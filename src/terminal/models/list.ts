import { existsSync } from "node:fs";
import type { Config } from "../../config/config.ts";
import { type CatalogueModel, catalogue } from "../../config/models/catalogue.ts";
import { remedy } from "../../config/models/file.ts";
import { faultOf, fileOf, presenceOf } from "../../config/models/find.ts";
import { redact } from "../../config/redact.ts";
import { objectClasses } from "../../messages/common.ts";
import { partOf } from "../../runtime/models/pull.ts";
import { formatTable, say, writeLine } from "../output.ts";
import { megabytes } from "./names.ts";

/** `tmon models list`: the catalogue, and what of it is on this machine. */
export async function listModels({ models }: Pick<Config, "models">, output: string): Promise<void> {
  const listed = catalogue.map((model) => ({
    ...{ ...describe(model), file: fileOf(model, models) },
    ...{ state: stateOf(model, models), detail: detailOf(model, models) },
  }));
  if (output === "json") {
    const mirror = models.mirror === undefined ? null : redact(models.mirror);
    return writeLine(JSON.stringify({ directory: models.directory, mirror, models: listed }));
  }
  await writeLine(
    formatTable(
      ["NAME", "STATE", "FOR", "SIZE", "INPUT", "CLASSES", "DECODER", "LICENCE"],
      listed.map(({ name, state, purpose, bytes, input, classCount, decoder, licence }) => [
        ...[name, state, purpose === "roads" ? "real roads" : "rendered cameras", megabytes(bytes)],
        ...[`${input.width}x${input.height}`, String(classCount), decoder, licence],
      ]),
    ),
  );
  for (const { name, state, detail } of listed)
    if (detail !== "") say(`tmon: ${name} is ${state}: ${detail}`);
  say(`tmon: pulled models lie in ${models.directory}`);
}

function describe({ name, purpose, licence, classCount, decoder, url, ...model }: CatalogueModel) {
  const [width, height] = model.input;
  const { sha256, bytes } = model.export;
  const known = {
    name,
    purpose,
    licence,
    sha256,
    otherSha256: model.otherExports.map((each) => each.sha256),
  };
  return {
    ...known,
    bytes,
    classCount,
    classes: objectClasses,
    decoder,
    input: { width, height },
    url: url ?? null,
  };
}

/** By what is there; whether it is what it should be `tmon models verify` says. */
function stateOf(model: CatalogueModel, models: Config["models"]): string {
  const presence = presenceOf(model, models);
  if (presence === "here" && model.url === undefined) return "shipped";
  if (presence !== "absent") return presence;
  return existsSync(partOf(fileOf(model, models))) ? "begun" : "-";
}

/** What is wrong, and what to do. */
function detailOf(model: CatalogueModel, models: Config["models"]): string {
  const fault = faultOf(model, models);
  return fault && `${fault}: ${remedy(model)}`;
}
