import { type Dispatcher, request } from "undici";
import { messageOf } from "../../../errors.ts";
import type { StreamKind } from "./live-input.ts";
import { explainTrouble } from "./trouble.ts";

/** Answers within this time, ms, or not at all. */
const timeoutMs = 5000;

/**
 * What a live camera sends. HTTP ones tell by the header of one answer: single pictures, or a stream. What asks
 * for Digest credentials is left to ffmpeg, which can give them.
 * @throws TmonError TMON_SOURCE_*
 */
export async function streamKindOf(
  url: string,
  shownUrl: string,
  signal: AbortSignal,
): Promise<StreamKind | "snapshot"> {
  if (!/^https?:/i.test(url)) return "rtsp";
  const failure = (complaint: string) =>
    explainTrouble({ url, shownUrl, complaints: [complaint], played: false, timedOut: false });
  const { statusCode, headers, body } = await get(url, signal).catch((error) => {
    throw failure(describeFailure(error));
  });
  body.on("error", () => {}).destroy();
  if (statusCode === 401 && /^digest/i.test(`${headers["www-authenticate"]}`)) return "http";
  if (statusCode >= 400) throw failure(`answers ${statusCode}`);
  const type = `${headers["content-type"] ?? ""}`.toLowerCase();
  if (type.startsWith("image/")) return "snapshot";
  return /mpegurl/.test(type) || /\.m3u8?($|\?)/i.test(url) ? "hls" : "http";
}

/** GET with the credentials of the URL; redirects are not followed. */
export async function get(url: string, signal: AbortSignal): Promise<Dispatcher.ResponseData> {
  const { username, password, bare } = partsOf(url);
  const credentials = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return request(bare, {
    headers: username === "" ? {} : { authorization: `Basic ${Buffer.from(credentials).toString("base64")}` },
    headersTimeout: timeoutMs,
    bodyTimeout: timeoutMs,
    // A kept connection may be one the camera has closed meanwhile.
    reset: true,
    signal,
  });
}

function partsOf(url: string): { username: string; password: string; bare: string } {
  const parsed = new URL(url);
  const { username, password } = parsed;
  parsed.username = "";
  parsed.password = "";
  return { username, password, bare: parsed.href };
}

/** With its code, by which the cause is known. */
export function describeFailure(error: unknown): string {
  const { code = "" } = error as NodeJS.ErrnoException;
  return `${messageOf(error)} ${code.includes("TIMEOUT") ? "timed out" : code}`.trim();
}
