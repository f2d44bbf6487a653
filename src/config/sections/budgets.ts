import type { BudgetsConfig } from "../config.ts";
import type { Sources } from "../load.ts";
import { byDefault, type Choose, fromFile, fromFlag, map } from "../provenance.ts";
import { parseYuan } from "../units.ts";

export function chooseBudgets(choose: Choose, { flags, tmon }: Sources): BudgetsConfig {
  return {
    yuanPerDay: choose(
      "budgets.yuan_per_day",
      fromFile<number>(tmon.file, tmon.data, ["budgets", "yuan_per_day"]),
      byDefault(undefined),
    ),
    simulatedYuan: map(fromFlag("spend", flags.spend), (text) => parseYuan(text, "--spend"))?.value,
  };
}
