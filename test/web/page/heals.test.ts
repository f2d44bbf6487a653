import { describe, expect, test } from "vitest";
import { left } from "../../runtime/aggregator/frames.ts";
import { openContext, testConfig } from "../../support/context.ts";
import { freePort } from "../../support/free-port.ts";
import { lacks } from "../../support/machine.ts";
import { startTmon } from "../../support/tmon.ts";
import { temporaryDirectory } from "../../support/tmp.ts";
import { until } from "../../support/until.ts";
import { cast, openPage } from "./support.ts";

describe.skipIf(lacks("chromium"))("a page whose server is killed", () => {
  test("says so, comes back by itself, and shows what is new, once", async () => {
    const dataDir = temporaryDirectory();
    const port = await freePort();
    const start = async () => {
      const tmon = startTmon(["run", "aggregator", "--port", String(port), "--data-dir", dataDir]);
      await tmon.says("aggregator runs");
      return tmon;
    };
    const { context, close } = await openContext(testConfig(dataDir));
    const { detect, judge } = cast(context);
    try {
      const first = await start();
      const page = await openPage(`http://127.0.0.1:${port}`);
      await detect("gate", "before", [left]);
      await judge("gate", "before", "high");
      await page.locator(".incident").waitFor();

      first.kill("SIGKILL");
      await page.getByText("The connection is lost").waitFor();
      await page.locator(".connection.is-reconnecting").waitFor();
      await page.locator(".meter", { hasText: "Frames/s" }).getByText("–", { exact: true }).waitFor();
      await detect("gate", "meanwhile", [left]);
      await judge("gate", "meanwhile", "high");

      await start();
      await page.locator(".connection.is-live").waitFor();
      await until(() => page.getByText("The connection is lost").isHidden(), { what: "no warning" });
      await detect("gate", "after", [left]);
      await page.locator('.picture[data-frame="after"]').waitFor();
      await judge("gate", "after", "medium");
      await page.locator(".tile.level-medium").waitFor();
      expect(await page.locator(".tile").count()).toBe(1);
      expect(await page.locator(".incident").count()).toBe(1);
    } finally {
      await close();
    }
  });
});
