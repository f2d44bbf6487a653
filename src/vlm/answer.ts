import { z } from "zod";
import type { Language } from "../config/language.ts";
import { isAbove, type RiskTypeCode, riskLevelSchema, type Verdict, worstLevel } from "../messages/result.ts";
import { jsonValuesIn } from "./json-in-text.ts";
import type { AssessRequest } from "./prompt.ts";
import { riskTypeCodeOf, riskTypeNames } from "./risk-types.ts";

const maxDescription = 500;
const maxRiskTypes = 10;
const maxRiskType = 40;

const levelSchema = z.string().trim().toLowerCase().pipe(riskLevelSchema);
const maxLevelSchema = levelSchema.optional().catch(undefined);

const numberSchema = z.union([
  z.number(),
  z
    .string()
    .trim()
    .regex(/^(\d+\.?\d*|\.\d+)$/)
    .transform(Number),
]);

const textsSchema = z.union([
  z.array(z.unknown()).transform((items) => items.filter((item) => typeof item === "string")),
  z.string().transform((text) => text.split(/[,，、;；]/)),
]);

/** Only level and confidence are required; everything else that is odd is left out. */
const verdictSchema = z.looseObject({
  riskLevel: levelSchema,
  confidence: numberSchema.pipe(z.number().min(0).max(1)),
  riskTypes: textsSchema.default([]).catch([]),
  riskTypeCodes: textsSchema.default([]).catch([]),
  description: z.string().catch(""),
  dangerObjectCount: numberSchema.pipe(z.number().int().min(0)).optional().catch(undefined),
  triggerObjectIds: z.array(numberSchema.optional().catch(undefined)).catch([]),
});

/**
 * The verdicts in a model's answer; none for an explicit "nothing dangerous" without a verdict of its own.
 * @throws UnusableAnswer for everything that is not clearly a verdict.
 */
export function parseAnswer(text: string, request: AssessRequest, language: Language): Verdict[] {
  const answers = jsonIn(text).filter(holdsVerdict);
  if (answers.length !== 1)
    throw new UnusableAnswer(answers.length === 0 ? "it holds no verdict" : "it contradicts itself");
  const answer = answers[0];
  const items = itemsOf(answer);
  const verdicts = items.map((item) => {
    const parsed = verdictSchema.safeParse(item);
    if (parsed.success) return toVerdict(parsed.data, request, language);
    const issue = parsed.error.issues[0];
    throw new UnusableAnswer(`${issue?.path.join(".") || "verdict"}: ${issue?.message}`);
  });
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
  const said = maxLevelSchema.parse(Array.isArray(answer) ? undefined : answer?.maxRiskLevel);
  if (verdicts.length === 0 && said !== "none") throw new UnusableAnswer("it holds no verdict");
  const worst = worstLevel(verdicts.map((verdict) => verdict.riskLevel));
  if (said && isAbove(said, worst))
    throw new UnusableAnswer(`its maxRiskLevel is ${said}, its verdicts say ${worst}`);
}

function toVerdict(raw: z.output<typeof verdictSchema>, request: AssessRequest, language: Language): Verdict {
  const types = riskTypesOf(raw.riskTypes, raw.riskTypeCodes, language);
  const members = new Set(request.detectedObjects.map((object) => object.objectId));
  const triggerObjectIds = [...new Set(raw.triggerObjectIds)].filter(
    (id) => id !== undefined && members.has(id),
  );
  return {
    groupIndex: request.groupIndex,
    riskLevel: raw.riskLevel,
    confidence: raw.confidence,
    ...types,
    description: bounded(raw.description, maxDescription),
    dangerObjectCount: Math.min(raw.dangerObjectCount ?? triggerObjectIds.length, members.size),
    triggerObjectIds: triggerObjectIds as number[],
  };
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
