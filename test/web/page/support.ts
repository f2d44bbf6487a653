import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import sharp from "sharp";
import { afterAll, expect, onTestFinished } from "vitest";
import type { Config } from "../../../src/config/config.ts";
import { encode } from "../../../src/messages/codec.ts";
import { encodeStoredFrame, frameKey } from "../../../src/messages/frame.ts";
import type { RiskLevel } from "../../../src/messages/result.ts";
import type { TopicId } from "../../../src/messages/topics.ts";
import { startHttpServer } from "../../../src/observability/server.ts";
import { startAggregator } from "../../../src/runtime/aggregator/aggregator.ts";
import type { RoleContext, RunningRole } from "../../../src/runtime/role.ts";
import { type Box, detectionMessage, resultMessage } from "../../runtime/aggregator/frames.ts";
import { openContext, testConfig } from "../../support/context.ts";
import { chromiumPath } from "../../support/machine.ts";
import { temporaryDirectory } from "../../support/tmp.ts";

let browser: Promise<Browser> | undefined;
afterAll(async () => (await browser)?.close());

const quiet = ["quic", "background-networking", "component-update", "sync", "gpu"].map(
  (of) => `--disable-${of}`,
);

function theBrowser(): Promise<Browser> {
  browser ??= chromium.launch({
    executablePath: chromiumPath,
    args: ["--no-sandbox", "--no-first-run", ...quiet],
  });
  return browser;
}

/** An aggregator with its page, and what a detector and a scheduler would do. */
export async function serve(changes: Partial<Config> = {}) {
  const { context, close } = await openContext(testConfig(temporaryDirectory(), changes));
  onTestFinished(close);
  const roles: RunningRole[] = [];
  const server = await startHttpServer({ context, roles, defaultPort: 0 });
  onTestFinished(() => server.close());
  roles.push(await startAggregator(context));
  onTestFinished(() => roles[0]?.stop());
  return { context, url: server.url, ...cast(context) };
}

/** A grey picture of this size. */
export function greyJpeg(width = 640, height = 360): Promise<Buffer> {
  return sharp({ create: { width, height, channels: 3, background: "#777777" } })
    .jpeg()
    .toBuffer();
}

/** A frame and its level fade within seconds, and a busy machine may take as long to show them: so they are ahead. */
const aheadMs = 60_000;

/** Speaks for the other roles on the bus and in the store. */
export function cast({ bus, store }: Pick<RoleContext, "bus" | "store">) {
  const send = (topic: TopicId, cameraId: string, message: object) =>
    bus.produce([{ topic, key: cameraId, value: encode(message) }]);
  return {
    send,
    /** A frame of a camera, one group a box. */
    async detect(cameraId: string, messageId: string, boxes: Box[], changes: object = {}): Promise<void> {
      const jpeg = await greyJpeg();
      await store.set(frameKey(cameraId), encodeStoredFrame({ messageId, jpeg }));
      const size = { imageWidth: 640, imageHeight: 360 };
      const now = store.now() + aheadMs;
      const trace = { capturedAt: now - 40, detectedAt: now };
      const known = { cameraId, ...size, trace, ...changes };
      await send("detection-results", cameraId, detectionMessage(messageId, boxes, known));
    },
    judge(cameraId: string, messageId: string, level: RiskLevel, changes: object = {}): Promise<void> {
      const now = store.now() + aheadMs;
      const trace = { capturedAt: now - 900, detectedAt: now - 860, generatedAt: now - 850 };
      const whole = { ...trace, dispatchedAt: now - 820, assessedAt: now - 20 };
      return send(
        "risk-assessment-results",
        cameraId,
        resultMessage(messageId, 1, level, { cameraId, trace: whole, ...changes }),
      );
    },
  };
}

export type Cast = ReturnType<typeof cast>;

export interface OpenOptions extends BrowserContextOptions {
  hash?: string;
  language?: "zh" | "en";
}

export async function newPage(options: BrowserContextOptions = {}): Promise<Page> {
  const context = await (await theBrowser()).newContext({
    viewport: { width: 1400, height: 900 },
    ...options,
  });
  onTestFinished(() => context.close());
  // A step that never comes fails by name, before the whole test does.
  context.setDefaultTimeout(60_000);
  return context.newPage();
}

/** What Chromium says by itself of a server that is away, or that is just starting. */
const serverAway = /ERR_CONNECTION|WebSocket|status of 503/;

/** Opens the page and waits until it is live. Nothing it does may end on the console as an error. */
export async function openPage(url: string, options: OpenOptions = {}): Promise<Page> {
  const { hash = "", language = "en", ...browserOptions } = options;
  const page = await newPage(browserOptions);
  const errors: string[] = [];
  page.on("pageerror", (error) => errors.push(error.message));
  page.on("console", (message) => {
    if (message.type() === "error" && !serverAway.test(message.text())) errors.push(message.text());
  });
  onTestFinished(() => expect(errors).toEqual([]));
  await page.addInitScript({ content: `localStorage.setItem("tmon.language", "${language}")` });
  await page.goto(`${url}/${hash}`);
  await page.locator(".connection.is-live").waitFor();
  return page;
}

/** How many pixels of a camera's picture have about this colour. */
export function pixelsLike(
  page: Page,
  selector: string,
  [r, g, b]: [number, number, number],
): Promise<number> {
  return page.locator(selector).evaluate(
    (canvas, colour) => {
      const { width, height } = canvas as unknown as { width: number; height: number };
      // biome-ignore lint/suspicious/noExplicitAny: types of the browser are not known here
      const { data } = (canvas as any).getContext("2d").getImageData(0, 0, width, height);
      let count = 0;
      for (let at = 0; at < data.length; at += 4)
        if (colour.every((value, channel) => Math.abs(data[at + channel] - value) < 24)) count++;
      return count;
    },
    [r, g, b],
  );
}
