import { describe, expect, test } from "vitest";
import { left, right } from "../../runtime/aggregator/frames.ts";
import { lacks } from "../../support/machine.ts";
import { until } from "../../support/until.ts";
import { openPage, serve } from "./support.ts";

describe.skipIf(lacks("chromium"))("incidents on the page", () => {
  test("an incident on the bus comes to the page, which asks for nothing but its picture", async () => {
    const { url, context, detect, judge } = await serve();
    const page = await openPage(url);
    await detect("gate", "first", [left]);
    await page.locator('.picture[data-frame="first"]').waitFor();
    const asked: string[] = [];
    page.on("request", (request) => asked.push(new URL(request.url()).pathname));
    await judge("gate", "first", "high");
    await page.locator(".incident.arriving").waitFor();
    await page.getByRole("alert").getByText("High: gate: Tailgating").waitFor();
    expect(asked).not.toContain("/api/incidents");
    const onBus = [];
    for await (const message of context.bus.read({ topics: ["incidents"], from: "earliest", untilEnd: true }))
      onBus.push(message.key);
    expect(onBus).toHaveLength(1);
  });

  test("each has its picture, types, description, state, level, and times in the configured zone", async () => {
    const { url, detect, judge } = await serve({ timezone: "Asia/Kathmandu" });
    const timestamp = "2026-11-24T20:15:00.000Z";
    await detect("gate", "first", [left], { timestamp });
    await judge("gate", "first", "high");
    const page = await openPage(url, { hash: "#/incidents" });
    const incident = page.locator(".incident");
    for (const text of ["High", "Tailgating", "high in group 1", "New", "2026-11-25 02:00:00 UTC+05:45"])
      await incident.getByText(text, { exact: true }).or(incident.getByText(text)).first().waitFor();
    const picture = incident.locator("img");
    await until(() => picture.evaluate((image) => (image as { naturalWidth?: number }).naturalWidth === 1), {
      what: "the picture is loaded",
    });
    await incident.getByRole("link", { name: "gate" }).click();
    await page.getByRole("heading", { name: "gate" }).waitFor();
  });

  test("its picture opens large by a click and by Enter, with the verdict, and Escape closes it alone", async () => {
    const { url, detect, judge } = await serve();
    await detect("gate", "first", [left]);
    await judge("gate", "first", "high");
    const page = await openPage(url, { hash: "#/incidents" });
    const evidence = page.getByRole("button", { name: "Picture large: gate" });
    const dialog = page.getByRole("dialog", { name: "Picture large: gate" });
    await evidence.click();
    await dialog.getByRole("img", { name: "high in group 1" }).waitFor();
    await dialog.getByText("Tailgating").waitFor();
    await page.keyboard.press("Escape");
    await dialog.waitFor({ state: "detached" });
    expect(page.url()).toMatch(/#\/incidents$/);
    await page.keyboard.press("Enter");
    await dialog.waitFor();
    await dialog.getByRole("button", { name: "Close" }).click();
    await dialog.waitFor({ state: "detached" });
  });

  test("they are filtered by level and by state", async () => {
    const { url, detect, judge } = await serve({ incidents: { iou: 0.3, clearAfterMs: 600 } });
    const page = await openPage(url, { hash: "#/incidents" });
    await detect("gate", "first", [left]);
    await judge("gate", "first", "high");
    await page.locator(".incident.state-cleared").waitFor();
    await detect("gate", "second", [right]);
    await judge("gate", "second", "medium");
    await page.locator(".incident.level-medium").waitFor();
    const choose = (group: string, name: string) =>
      page.getByRole("group", { name: group }).getByRole("button", { name }).click();
    const levels = () =>
      page
        .locator(".incident")
        .evaluateAll((all: { className: string }[]) =>
          all.map((of) => /level-(\w+)/.exec(of.className)?.[1]),
        );
    expect(await levels()).toEqual(["medium", "high"]);
    await choose("Level", "High");
    expect(await levels()).toEqual(["high"]);
    await choose("Level", "All");
    await choose("State", "Cleared");
    expect(await levels()).toContain("high");
  });

  test.each([true, false])(
    "what the VLM writes is text and never markup (without the server's policy: %s)",
    async (bypassCSP) => {
      const { url, detect, judge } = await serve();
      const page = await openPage(url, { bypassCSP });
      const markup = `<script>window.harmed = 1</script><img src="/x" onerror="window.harmed = 2">&lt;b&gt;`;
      await detect("gate", "first", [left]);
      const verdict = { riskLevel: "high", confidence: 0.9, riskTypes: [markup], description: markup };
      await judge("gate", "first", "high", { results: [verdict] });
      const shown = page.locator(".incident .description");
      await shown.waitFor();
      expect(await shown.textContent()).toBe(markup);
      await page.locator(".tile a").click();
      await page.locator(".verdict .description").waitFor();
      expect(await page.locator(".verdict .description").textContent()).toBe(markup);
      expect(await page.evaluate("window.harmed")).toBeUndefined();
      expect(await page.locator("img[onerror], .description script, .description img").count()).toBe(0);
    },
  );
});
