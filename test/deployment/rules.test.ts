import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { execa } from "execa";
import { describe, expect, test } from "vitest";
import { createMetrics } from "../../src/observability/metrics.ts";
import { lacks } from "../support/machine.ts";

const file = (path: string) => fileURLToPath(new URL(`../../deployment/${path}`, import.meta.url));

describe("the alerting rules", () => {
  test("ask for metrics there are", async () => {
    const metrics = await createMetrics().registry.getMetricsAsJSON();
    const names = metrics.map(({ name }) => name);
    const asked = readFileSync(file("prometheus-rules.yml"), "utf8").match(/\btmon_\w+/g) ?? [];
    expect(asked.length).toBeGreaterThan(5);
    expect(names).toEqual(expect.arrayContaining([...new Set(asked)]));
  });

  test.skipIf(lacks("prometheus"))("fire when they should, and not when all is well", async () => {
    const tested = await execa("promtool", ["test", "rules", file("prometheus-rules.test.yml")]);
    expect(tested.stdout).toContain("SUCCESS");
  });
});
