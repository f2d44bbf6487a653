import { expect, test } from "vitest";
import { parseAnswer, UnusableAnswer } from "../../src/vlm/answer.ts";
import { aRequest } from "./request.ts";

const parse = (answer: unknown, language: "zh" | "en" = "zh") =>
  parseAnswer(typeof answer === "string" ? answer : JSON.stringify(answer), aRequest(), language);

const verdict = { riskLevel: "high", confidence: 0.9, riskTypeCodes: ["tailgating"], description: "d" };

test("a flat verdict is read, with the task's groupIndex", () => {
  expect(parse({ ...verdict, groupIndex: 9, dangerObjectCount: 2, triggerObjectIds: [3, 5] })).toEqual([
    {
      groupIndex: 2,
      riskLevel: "high",
      confidence: 0.9,
      riskTypes: ["跟车过近"],
      riskTypeCodes: ["tailgating"],
      description: "d",
      dangerObjectCount: 2,
      triggerObjectIds: [3, 5],
    },
  ]);
});

test.each([
  ["fenced", `\`\`\`json\n${JSON.stringify(verdict)}\n\`\`\``],
  ["with prose around it", `Here [as asked]: ${JSON.stringify(verdict)} - done {really}.`],
  ["under results", { results: [verdict] }],
  ["as an array", [verdict]],
  ["with a brace in its text", { ...verdict, description: 'a "}" and a \\ in it' }],
])("a verdict %s is read", (_, answer) => {
  expect(parse(answer)).toMatchObject([{ riskLevel: "high", confidence: 0.9 }]);
});

test.each(["none", "low", "medium", "high", " High "])("level %s is read", (riskLevel) => {
  expect(parse({ riskLevel, confidence: 0.5 })[0]?.riskLevel).toBe(riskLevel.trim().toLowerCase());
});

test.each([0, 1, 0.5, "0.5", " 1 ", ".25"])("confidence %j is read as a number", (confidence) => {
  expect(parse({ riskLevel: "low", confidence })[0]?.confidence).toBe(Number(confidence));
});

test("no results with a maximum of none is none", () => {
  expect(parse({ results: [], maxRiskLevel: "none" })).toEqual([]);
});

test.each([
  ["nothing", ""],
  ["prose", "画面正常，风险等级为 none，confidence 0.1。"],
  ["HTML", "<html><script>var a = {riskLevel: 'none'}</script></html>"],
  ["null", "null"],
  ["an empty object", {}],
  ["an empty array", []],
  ["no results and no maximum", { results: [] }],
  ["no results and another maximum", { results: [], maxRiskLevel: "high" }],
  ["results that are no list", { results: { riskLevel: "none", confidence: 0.1 } }],
  ["a truncated object", '{"riskLevel":"none","confidence":0.1,"description":"ordin'],
  ["a whole verdict inside a truncated answer", '{"results":[{"riskLevel":"none","confidence":0.1},{"riskL'],
  ["an unknown level", { riskLevel: "safe", confidence: 0.1 }],
  ["a level that is null", { riskLevel: null, confidence: 0.1 }],
  ["no confidence", { riskLevel: "none" }],
  ["an empty confidence", { riskLevel: "none", confidence: "" }],
  ["a confidence in percent", { riskLevel: "none", confidence: "5%" }],
  ["a confidence over 1", { riskLevel: "high", confidence: 90 }],
  ["a negative confidence", { riskLevel: "none", confidence: -0.1 }],
  ["a confidence that is true", { riskLevel: "none", confidence: true }],
  [
    "one good and one partial verdict",
    { results: [{ riskLevel: "none", confidence: 0 }, { riskLevel: "low" }] },
  ],
  ["a maximum above its verdicts", { results: [{ riskLevel: "none", confidence: 0 }], maxRiskLevel: "high" }],
  ["two answers", '{"riskLevel":"none","confidence":0} or {"riskLevel":"high","confidence":1}'],
])("%s is no verdict", (_, answer) => {
  expect(() => parse(answer)).toThrow(UnusableAnswer);
});

test("missing codes come from the types' names, in either language; unknown ones are other", () => {
  const [read] = parse({ ...verdict, riskTypeCodes: undefined, riskTypes: ["逆行", "Red light", "超速"] });
  expect(read?.riskTypeCodes).toEqual(["wrong_way", "red_light", "other"]);
  expect(read?.riskTypes).toEqual(["逆行", "闯红灯", "超速"]);
});

test("missing names come from the codes, in the configured language; unknown codes are other", () => {
  const [read] = parse({ ...verdict, riskTypeCodes: ["wrong_way", "Lane-Change", "speeding"] }, "en");
  expect(read?.riskTypeCodes).toEqual(["wrong_way", "lane_change", "other"]);
  expect(read?.riskTypes).toEqual(["Wrong way", "Unsafe lane change", "Other"]);
});

test("a type that says nothing is no type", () => {
  const [read] = parse({ riskLevel: "none", confidence: 0.1, riskTypes: ["无", ""], riskTypeCodes: "none" });
  expect(read).toMatchObject({ riskTypes: [], riskTypeCodes: [] });
});

test("only the task's objects are triggers, each once", () => {
  const [read] = parse({ ...verdict, triggerObjectIds: [5, "3", 5, 77, null, "x"] });
  expect(read?.triggerObjectIds).toEqual([5, 3]);
  expect(read?.dangerObjectCount).toBe(2);
});

test("odd optional fields are left out, not fatal", () => {
  const odd = { riskTypes: 3, description: {}, dangerObjectCount: -1, triggerObjectIds: "3" };
  expect(parse({ riskLevel: "low", confidence: 0.5, ...odd })).toMatchObject([
    { riskTypes: [], description: "", dangerObjectCount: 0, triggerObjectIds: [] },
  ]);
});

test("a description is bounded, and not cut inside a character", () => {
  const [read] = parse({ ...verdict, description: "🚗".repeat(2_000) });
  expect([...(read?.description ?? "")]).toEqual(Array(500).fill("🚗"));
});
