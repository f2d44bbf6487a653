import { describe, expect, test } from "vitest";
import { Secret } from "../../../src/config/secret.ts";
import { serve } from "../../observability/support.ts";
import { lacks } from "../../support/machine.ts";
import { newPage } from "./support.ts";

const beyond = (token: string, port = 0) => ({
  host: "0.0.0.0",
  port,
  tokens: [{ name: "screen", role: "viewer" as const, token: new Secret(token) }],
});

describe.skipIf(lacks("chromium"))("beyond loopback", () => {
  test("the page is behind a login, and goes back to it when its token is no longer good", async () => {
    const first = await serve(["aggregator"], beyond("correct horse battery"));
    const page = await newPage();
    const errors: string[] = [];
    page.on("console", (message) => message.type() === "error" && errors.push(message.text()));
    await page.goto(`http://127.0.0.1:${first.port}/#/camera/gate`);
    const token = page.getByLabel("Access token");
    const logIn = async (text: string) => {
      await token.fill(text);
      await page.getByRole("button").click();
    };
    await token.waitFor();
    expect(errors).toEqual([]);
    await logIn("wrong horse battery staple");
    await page.getByRole("alert").waitFor();
    await logIn("correct horse battery");
    await page.locator(".connection.is-live").waitFor();
    await page.getByRole("article", { name: "gate" }).waitFor();

    await page.keyboard.press("?");
    await page.getByText("screen (观看者)").waitFor();
    await page.getByRole("button", { name: "退出登录" }).click();
    await token.waitFor();
    await page.goto(`http://127.0.0.1:${first.port}/`);
    await logIn("correct horse battery");
    await page.locator(".connection.is-live").waitFor();

    await first.close();
    await page.locator(".connection.is-reconnecting").waitFor();
    await serve(["aggregator"], beyond("another token altogether", first.port));
    await token.waitFor();
  });
});
