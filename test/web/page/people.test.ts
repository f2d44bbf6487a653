import axe from "axe-core";
import type { Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import { left } from "../../runtime/aggregator/frames.ts";
import { lacks } from "../../support/machine.ts";
import { until } from "../../support/until.ts";
import { newPage, openPage, serve } from "./support.ts";

/** Two cameras, one of them dangerous. */
async function serveTwo() {
  const served = await serve();
  await served.detect("gate", "first", [left]);
  await served.judge("gate", "first", "high", { metadata: { simulated: true } });
  await served.detect("yard", "second", [left]);
  await served.judge("yard", "second", "low");
  return served;
}

async function violations(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  const found: axe.Result[] = await page.evaluate("axe.run().then((results) => results.violations)");
  return found
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .flatMap(({ id, nodes }) =>
      nodes.map((node) => `${id}: ${node.html.slice(0, 200)} ${node.failureSummary}`),
    );
}

describe.skipIf(lacks("chromium"))("who uses the page", () => {
  test.each(["light", "dark"] as const)("axe finds nothing serious in the %s", async (colorScheme) => {
    const { url } = await serveTwo();
    // Colours change while a new incident draws the eye.
    const page = await openPage(url, { colorScheme, reducedMotion: "reduce" });
    await page.locator(".tile.level-high").waitFor();
    await page.locator(".incident").waitFor();
    expect(await violations(page)).toEqual([]);
    await page.goto(`${url}/#/camera/gate`);
    await page.locator(".stage").waitFor();
    await page.locator(".stages").waitFor();
    expect(await violations(page)).toEqual([]);
    await page.goto(`${url}/#/incidents`);
    await page.locator(".incidents-view .incident").waitFor();
    expect(await violations(page)).toEqual([]);
    await page.locator(".evidence").click();
    await page.getByRole("dialog").waitFor();
    expect(await violations(page)).toEqual([]);
  });

  test("the keyboard alone goes everywhere: arrows, Enter, Escape, brackets, question mark", async () => {
    const { url } = await serveTwo();
    const page = await openPage(url);
    const press = (key: string) => page.keyboard.press(key);
    const focused = (name: string) =>
      until(() => page.evaluate(`document.activeElement?.textContent.includes(${JSON.stringify(name)})`), {
        what: `${name} has the focus`,
      });
    await page.locator(".tile").nth(1).waitFor();
    await press("ArrowRight");
    await focused("gate");
    await press("ArrowRight");
    await focused("yard");
    await press("Enter");
    await page.getByRole("heading", { name: "yard" }).waitFor();
    await press("[");
    await page.getByRole("heading", { name: "gate" }).waitFor();
    await press("Escape");
    await page.locator(".wall").waitFor();
    await focused("gate");
    await press("?");
    await page.getByRole("dialog").waitFor();
    await press("Escape");
    await page.getByRole("dialog").waitFor({ state: "detached" });
    expect(page.url()).toMatch(/#\/$/);
  });

  test("on a phone nothing is wider than the screen, on any view, in both languages", async () => {
    const { url } = await serveTwo();
    for (const language of ["zh", "en"] as const) {
      const page = await openPage(url, { viewport: { width: 360, height: 740 }, language });
      for (const hash of ["#/", "#/camera/gate", "#/incidents"]) {
        await page.goto(`${url}/${hash}`);
        await page.locator(".incident, .tile, .verdict").first().waitFor();
        const width = await page.evaluate("document.documentElement.scrollWidth");
        expect(width, `${language} ${hash}`).toBe(360);
      }
    }
  });

  test("the language is the configured one until somebody chooses; the choice is kept", async () => {
    const { url } = await serveTwo();
    const page = await newPage();
    await page.goto(url);
    await page.getByRole("link", { name: /监控墙/ }).waitFor();
    await page.locator(".tile .badge", { hasText: "高" }).waitFor();
    await page.locator(".incident", { hasText: "跟车过近" }).waitFor();
    await page.getByRole("button", { name: "English" }).click();
    await page.getByRole("link", { name: "Wall" }).waitFor();
    await page.locator(".incident", { hasText: "Tailgating" }).waitFor();
    await page.reload();
    await page.getByRole("link", { name: "Wall" }).waitFor();
  });
});
