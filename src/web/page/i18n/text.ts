import { computed } from "@preact/signals";
import type { RiskTypeCode } from "../../../messages/result.ts";
import { riskTypeNames } from "../../../vlm/risk-types.ts";
import { language } from "../state/preferences.ts";
import { en, type Words } from "./en.ts";
import { zh } from "./zh.ts";

/** The page's texts in the language chosen. */
export const text = computed<Words>(() => (language.value === "zh" ? zh : en));

/** Names of risk types in the page's language; as the VLM put them where they have no code. */
export function riskTypes(of: {
  riskTypeCodes: readonly RiskTypeCode[];
  riskTypes: readonly string[];
}): string {
  const named = of.riskTypeCodes.filter((code) => code !== "other");
  const names = named.map((code) => riskTypeNames[code][language.value]);
  return (names.length > 0 ? names : of.riskTypes).join(language.value === "zh" ? "、" : ", ");
}
