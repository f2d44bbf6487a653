import { describe, expect, test } from "vitest";
import { cameraStatusKey } from "../../../src/messages/camera-status.ts";
import { left, resultMessage } from "../../runtime/aggregator/frames.ts";
import { lacks } from "../../support/machine.ts";
import { until } from "../../support/until.ts";
import { openPage, pixelsLike, serve } from "./support.ts";

const green: [number, number, number] = [61, 220, 151];
const red: [number, number, number] = [255, 59, 92];

const status = (cameraId: string, changes: object = {}) => ({
  cameraId,
  state: "live",
  since: new Date().toISOString(),
  lastFrameAt: new Date().toISOString(),
  url: `rtsp://${cameraId}/stream`,
  source: "live",
  intervalMs: 1_800,
  instance: "test",
  ...changes,
});

describe.skipIf(lacks("chromium"))("the wall", () => {
  test("a frame's groups are hatched until their verdict comes, and a newer frame's are again", async () => {
    const { url, detect, judge } = await serve();
    const page = await openPage(url);
    const picture = ".tile .picture";
    const shows = (messageId: string) => page.locator(`.picture[data-frame="${messageId}"]`).waitFor();
    const greens = () => pixelsLike(page, picture, green);

    await detect("gate", "first", [left]);
    await shows("first");
    expect(await greens()).toBe(0);
    await judge("gate", "first", "none");
    await until(async () => (await greens()) > 100, { what: "the group is green" });

    await detect("gate", "second", [left]);
    await shows("second");
    expect(await greens()).toBe(0);
    await judge("gate", "second", "high");
    await until(async () => (await pixelsLike(page, picture, red)) > 100, { what: "the group is red" });
    await page.locator(".tile.level-high .badge", { hasText: "High" }).waitFor();
  });

  test("a group that got no verdict is never green, and the tile's level stays the last verdict's", async () => {
    const { url, detect, judge, send } = await serve();
    const page = await openPage(url);
    await detect("gate", "first", [left]);
    await judge("gate", "first", "medium");
    await page.locator(".tile.level-medium").waitFor();
    await detect("gate", "second", [left]);
    const failed = resultMessage("second", 1, "failed", { cameraId: "gate", errorCode: "TMON_VLM_TIMEOUT" });
    await send("risk-assessment-results", "gate", failed);
    await page.locator('.picture[data-frame="second"]').waitFor();
    expect(await pixelsLike(page, ".tile .picture", green)).toBe(0);
    await page.locator(".tile.level-medium .badge", { hasText: "Medium" }).waitFor();
    await page.locator(".tile a").click();
    await page.locator(".verdict", { hasText: "failed · TMON_VLM_TIMEOUT" }).waitFor();
  });

  test("cameras that are not live are there with their state and why, and change as it changes", async () => {
    const { url, context, detect } = await serve();
    const say = async (of: { cameraId: string }) => {
      await context.store.set(cameraStatusKey(of.cameraId), JSON.stringify(of));
      await context.store.publish(cameraStatusKey(of.cameraId), JSON.stringify(of));
    };
    await say(status("bridge", { state: "failed", reason: "401 Unauthorized", lastFrameAt: null }));
    const page = await openPage(url);
    await page.locator(".tile.is-failed", { hasText: "bridge" }).getByText("401 Unauthorized").waitFor();

    await say(status("bridge", { state: "connecting", lastFrameAt: null }));
    await page.locator(".tile.is-connecting", { hasText: "bridge" }).waitFor();
    await say(status("bridge"));
    await detect("bridge", "first", []);
    await page.locator(".tile.is-live", { hasText: "bridge" }).waitFor();
    const old = new Date(Date.now() - 40_000).toISOString();
    await say(status("tunnel", { state: "stalled", lastFrameAt: old, reason: "no frame for 40 s" }));
    await page
      .locator(".tile.is-stalled", { hasText: "tunnel" })
      .getByText(/^4\d s ago/)
      .waitFor();
  });

  test("why a camera is not live is said in the page's language; words of no known cause stay as they are", async () => {
    const { url, context } = await serve();
    const say = (cameraId: string, changes: object) =>
      context.store.set(cameraStatusKey(cameraId), JSON.stringify(status(cameraId, changes)));
    const known = { reason: "wrong user name or password", reasonCode: "wrong_credentials" };
    await say("bridge", { state: "failed", lastFrameAt: null, ...known });
    await say("tunnel", { state: "backing_off", lastFrameAt: null, reason: "answers 503" });
    await say("gate", {
      state: "failed",
      lastFrameAt: null,
      reason: "stolen",
      reasonCode: "of a newer tmon",
    });
    const page = await openPage(url, { language: "zh" });
    const tile = (cameraId: string) => page.locator(".tile", { hasText: cameraId });
    await tile("bridge").getByText("用户名或密码错误").waitFor();
    await tile("tunnel").getByText("answers 503").waitFor();
    await tile("gate").getByText("stolen").waitFor();
    await page.getByRole("button", { name: "English" }).click();
    await tile("bridge").getByText("wrong user name or password").waitFor();
  });

  test("a camera that is no longer seen has no bright badge", async () => {
    const { url, context, detect, judge } = await serve();
    const page = await openPage(url);
    await detect("gate", "first", [left]);
    await judge("gate", "first", "high");
    await page.locator(".tile.level-high .tile-verdict:not(.old)").waitFor();
    const gone = status("gate", { state: "stalled", reason: "no pictures come", reasonCode: "no_pictures" });
    await context.store.publish(cameraStatusKey("gate"), JSON.stringify(gone));
    await page.locator(".tile.is-stalled:not(.level-high) .tile-verdict.old").waitFor();
  });

  test("fifty cameras are all on the screen, each with its newest frame", async () => {
    const { url, detect, judge } = await serve();
    const page = await openPage(url, { viewport: { width: 1920, height: 1080 } });
    const cameras = Array.from({ length: 50 }, (_, at) => `cam-${at + 1}`);
    const levels = ["none", "none", "low", "medium", "high"] as const;
    for (const round of ["a", "b", "c"]) {
      await Promise.all(cameras.map((camera) => detect(camera, `${camera}-${round}`, [left])));
      await Promise.all(
        cameras.map((camera, at) => judge(camera, `${camera}-${round}`, levels[at % levels.length]!)),
      );
    }
    await until(async () => (await page.locator('.picture[data-frame$="-c"]').count()) === 50, {
      what: "all newest frames",
    });
    await until(async () => (await page.locator(".tile.level-high").count()) === 10, {
      what: "all verdicts",
    });
    const meter = page.locator(".meter", { hasText: "Cameras live" });
    await meter.getByText("50", { exact: true }).waitFor();
    const below = await page
      .locator(".tile")
      .last()
      .evaluate(
        (tile: { getBoundingClientRect(): { bottom: number } }) => tile.getBoundingClientRect().bottom,
      );
    expect(below).toBeLessThanOrEqual(1080);
    const incidents = page.locator(".incidents-aside .incident");
    await until(async () => (await incidents.count()) === 20, { what: "all incidents" });
  });

  test("a rendered camera says on its picture that it is no real road, and the page where all are rendered", async () => {
    const { url, context, detect } = await serve();
    const say = async (cameraId: string, source: string) => {
      const of = status(cameraId, { source });
      await context.store.set(cameraStatusKey(cameraId), JSON.stringify(of));
      await context.store.publish(cameraStatusKey(cameraId), JSON.stringify(of));
    };
    await say("drawn", "sim");
    const page = await openPage(url);
    const ofPage = page.locator(".strip").getByText("Simulation: no real roads");
    await ofPage.waitFor();
    await page.locator(".tile", { hasText: "drawn" }).locator(".rendered").waitFor();

    await say("real", "live");
    await page.locator(".tile", { hasText: "real" }).waitFor();
    await ofPage.waitFor({ state: "detached" });
    expect(await page.locator(".tile", { hasText: "real" }).locator(".rendered").count()).toBe(0);
    await detect("drawn", "first", [left]);
    await page.locator(".tile a", { hasText: "drawn" }).click();
    await page.locator(".stage .rendered").getByText("Simulation").waitFor();
  });

  test("verdicts of a simulated VLM say so", async () => {
    const { url, detect, judge } = await serve();
    const page = await openPage(url);
    await detect("gate", "first", [left]);
    await judge("gate", "first", "medium", { metadata: { simulated: true } });
    await page.locator(".tile-bar .simulated").waitFor();
    await page.locator(".incident .simulated").waitFor();
    await page.locator(".strip .simulated").waitFor();
    await page.locator(".tile a").click();
    await page.locator(".verdict .simulated").waitFor();
    // The picture was there before the camera was opened.
    await page.locator(".verdict .crop").waitFor();
    expect(await page.locator(".verdict").innerText()).not.toContain("vl-plus");
  });
});
