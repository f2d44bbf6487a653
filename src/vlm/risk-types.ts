import type { Language } from "../config/language.ts";
import type { RiskTypeCode } from "../messages/result.ts";

/** What people read for each risk type; both directions of the translation come from here. */
export const riskTypeNames: Readonly<Record<RiskTypeCode, Readonly<Record<Language, string>>>> = {
  pedestrian_conflict: { zh: "人车冲突", en: "Pedestrian conflict" },
  tailgating: { zh: "跟车过近", en: "Tailgating" },
  wrong_way: { zh: "逆行", en: "Wrong way" },
  red_light: { zh: "闯红灯", en: "Red light" },
  lane_change: { zh: "违规变道", en: "Unsafe lane change" },
  stopped_in_lane: { zh: "车道内停车", en: "Stopped in lane" },
  emergency_lane: { zh: "占用应急车道", en: "Emergency lane" },
  obstruction: { zh: "道路障碍", en: "Obstruction" },
  other: { zh: "其他", en: "Other" },
};

const codeByName: ReadonlyMap<string, RiskTypeCode> = new Map(
  Object.entries(riskTypeNames).flatMap(([code, names]) =>
    [code, ...Object.values(names)].map((name) => [normalized(name), code as RiskTypeCode] as const),
  ),
);

/** The code that a code or a name in either language stands for; undefined if it is none of them. */
export function riskTypeCodeOf(name: string): RiskTypeCode | undefined {
  return codeByName.get(normalized(name));
}

function normalized(name: string): string {
  return name
    .trim()
    .toLowerCase()
    .replaceAll(/[\s-]+/g, "_");
}
