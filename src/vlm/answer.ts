import type { Language } from "../config/language.ts";
import {
  isAbove,
  type RiskLevel,
  type RiskTypeCode,
  riskLevels,
  type Verdict,
  worstLevel,
} from "../messages/result.ts";
import { jsonValuesIn } from "./json-in-text.ts";
import type { AssessRequest } from "./prompt.ts";
import { riskTypeCodeOf, riskTypeNames } from "./risk-types.ts";

const maxDescription = 500;
const maxRiskTypes = 10;
const maxRiskType = 40;

/**
 * The verdicts in a model's answer; none for an explicit "nothing dangerous" without a verdict of its own.
 * @throws UnusableAnswer for everything that is not clearly a verdict.
 */
export function parseAnswer(text: string, request: AssessRequest, language: Language): Verdict[] {
  const answers = jsonIn(text).filter(holdsVerdict);
  if (answers.length !== 1)
    throw new UnusableAnswer(answers.length === 0 ? "it holds no verdict" : "it contradicts itself");
  const answer = answers[0];
  const verdicts = itemsOf(answer).map((item) => verdictOf(item, request, language));
  checkMaxLevel(answer, verdicts);
  return verdicts;
}

/** Why an answer is no verdict: TMON_VLM_ANSWER_INVALID, once the client knows what the call cost. */
export class UnusableAnswer extends Error {
  override readonly name = "UnusableAnswer";
}

function jsonIn(text: string): unknown[] {
  try {
    return jsonValuesIn(text);
  } catch (error) {
    throw new UnusableAnswer("it is cut off", { cause: error });
  }
}

interface Answer {
  results?: unknown;
  riskLevel?: unknown;
  maxRiskLevel?: unknown;
}

function holdsVerdict(value: unknown): value is Answer | Answer[] {
  if (Array.isArray(value)) return value.length > 0 && value.every((item) => holdsVerdict(item));
  if (typeof value !== "object" || value === null) return false;
  return "riskLevel" in value || "results" in value;
}

function itemsOf(answer: Answer | Answer[] | undefined): unknown[] {
  if (Array.isArray(answer)) return answer;
  if (Array.isArray(answer?.results) && !("riskLevel" in answer)) return answer.results;
  return [answer];
}

/** `results: []` says "none" only together with `maxRiskLevel: none`; a higher maximum than any verdict's is no verdict. */
function checkMaxLevel(answer: Answer | Answer[] | undefined, verdicts: readonly Verdict[]): void {
  const said = Array.isArray(answer) ? undefined : levelOf(answer?.maxRiskLevel);
  if (verdicts.length === 0 && said !== "none") throw new UnusableAnswer("it holds no verdict");
  const worst = worstLevel(verdicts.map((verdict) => verdict.riskLevel));
  if (said && isAbove(said, worst))
    throw new UnusableAnswer(`its maxRiskLevel is ${said}, its verdicts say ${worst}`);
}

/** Only level and confidence are required; everything else that is odd is left out. */
function verdictOf(item: unknown, request: AssessRequest, language: Language): Verdict {
  const said = (item ?? {}) as Record<keyof Verdict, unknown>;
  const riskLevel = levelOf(said.riskLevel);
  if (riskLevel === undefined) throw new UnusableAnswer(`its riskLevel is none of ${riskLevels.join(", ")}`);
  const confidence = numberOf(said.confidence);
  if (confidence === undefined || confidence < 0 || confidence > 1)
    throw new UnusableAnswer("its confidence is no number from 0 to 1");
  const members = new Set(request.detectedObjects.map((object) => object.objectId));
  const triggers = Array.isArray(said.triggerObjectIds) ? said.triggerObjectIds.map(numberOf) : [];
  const triggerObjectIds = [...new Set(triggers)].filter((id) => id !== undefined && members.has(id));
  const count = numberOf(said.dangerObjectCount);
  const isCount = count !== undefined && Number.isSafeInteger(count) && count >= 0;
  const { riskTypes, riskTypeCodes } = riskTypesOf(
    textsOf(said.riskTypes),
    textsOf(said.riskTypeCodes),
    language,
  );
  return {
    groupIndex: request.groupIndex,
    riskLevel,
    confidence,
    riskTypes,
    riskTypeCodes,
    description: typeof said.description === "string" ? bounded(said.description, maxDescription) : "",
    dangerObjectCount: Math.min(isCount ? count : triggerObjectIds.length, members.size),
    triggerObjectIds: triggerObjectIds as number[],
  };
}

function levelOf(value: unknown): RiskLevel | undefined {
  if (typeof value !== "string") return undefined;
  const level = value.trim().toLowerCase();
  return riskLevels.find((known) => known === level);
}

/** A number, or a text that is one. */
function numberOf(value: unknown): number | undefined {
  if (typeof value === "number") return Number.isFinite(value) ? value : undefined;
  const text = typeof value === "string" ? value.trim() : "";
  return /^(\d+\.?\d*|\.\d+)$/.test(text) ? Number(text) : undefined;
}

function textsOf(value: unknown): string[] {
  if (typeof value === "string") return value.split(/[,，、;；]/);
  return Array.isArray(value) ? value.filter((text) => typeof text === "string") : [];
}

const sayingNothing = new Set(["", "none", "无", "无风险", "no risk", "n/a"]);

/** Codes fill in names and names fill in codes; what is in no table keeps its name and is `other`. */
function riskTypesOf(names: readonly string[], codes: readonly string[], language: Language) {
  const said = (texts: readonly string[]) =>
    texts.filter((text) => !sayingNothing.has(text.trim().toLowerCase())).slice(0, maxRiskTypes);
  const codeOf = (text: string): RiskTypeCode => riskTypeCodeOf(text) ?? "other";
  const [saidNames, saidCodes] = [said(names), said(codes)];
  const riskTypeCodes = new Set((saidCodes.length > 0 ? saidCodes : saidNames).map(codeOf));
  const riskTypes = saidNames.map((name) => {
    const code = riskTypeCodeOf(name);
    return code ? riskTypeNames[code][language] : bounded(name.trim(), maxRiskType);
  });
  const filled =
    riskTypes.length > 0 ? riskTypes : [...riskTypeCodes].map((code) => riskTypeNames[code][language]);
  return { riskTypes: [...new Set(filled)], riskTypeCodes: [...riskTypeCodes] };
}

/** Cut between characters, never inside one. */
function bounded(text: string, length: number): string {
  return text.length <= length ? text : [...text].slice(0, length).join("");
}
