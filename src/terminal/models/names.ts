import { distance } from "fastest-levenshtein";
import { type CatalogueModel, catalogue } from "../../config/models/catalogue.ts";
import { TmonError } from "../../errors.ts";

/** The models of these names, each once. @throws TmonError TMON_USAGE */
export function modelsNamed(names: readonly string[]): CatalogueModel[] {
  return [...new Set(names)].map((name) => {
    const found = catalogue.find((model) => model.name === name);
    if (found) return found;
    const known = catalogue.map((model) => model.name);
    const nearest = known.toSorted((a, b) => distance(a, name) - distance(b, name))[0] as string;
    const hint = distance(nearest, name) <= name.length / 3 ? `did you mean ${nearest}? ` : "";
    throw new TmonError(
      "TMON_USAGE",
      `there is no model "${name}" in the catalogue`,
      `${hint}known here: ${known.join(", ")}`,
    );
  });
}

export function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}
