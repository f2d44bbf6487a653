import { type Dispatcher, request } from "undici";
import { messageOf } from "../../../errors.ts";
import type { StreamKind } from "./live-input.ts";

/** Answers within this time, ms, or not at all. */
const timeoutMs = 5000;

/**
 * What a live camera sends. HTTP ones tell by the header of one answer: single pictures, or a stream. Credentials
 * are shown to nobody who does not ask for them; Digest ones are left to ffmpeg, which can give them.
 * @throws what `failure` makes of a request that failed
 */
export async function streamKindOf(
  url: string,
  failure: (complaint: string) => Error,
  signal: AbortSignal,
): Promise<StreamKind | "snapshot"> {
  if (!/^https?:/i.test(url)) return "rtsp";
  const ask = async (withCredentials: boolean) => {
    const { statusCode, headers, body } = await get(url, signal, { withCredentials }).catch((error) => {
      throw failure(describeFailure(error));
    });
    body.on("error", () => {}).destroy();
    return { statusCode, headers };
  };
  let { statusCode, headers } = await ask(false);
  if (statusCode === 401 && /\bdigest\b/i.test(`${headers["www-authenticate"]}`)) return "http";
  if (statusCode === 401) ({ statusCode, headers } = await ask(true));
  if (statusCode >= 400) throw failure(`answers ${statusCode}`);
  const type = `${headers["content-type"] ?? ""}`.toLowerCase();
  if (type.startsWith("image/")) return "snapshot";
  return /mpegurl/.test(type) || /\.m3u8?($|\?)/i.test(url) ? "hls" : "http";
}

/** A camera's picture is a few hundred KB; what goes on and on is none. */
export const mostBytes = 16e6;

/**
 * GET with the credentials of the URL, or without; redirects are not followed. Who reads the body reads at once, and
 * ends with `mostBytes`.
 */
export async function get(
  url: string,
  signal: AbortSignal,
  { withCredentials }: { withCredentials: boolean },
): Promise<Dispatcher.ResponseData> {
  const { credentials, bare } = partsOf(url);
  return request(bare, {
    headers: withCredentials && credentials ? { authorization: `Basic ${credentials}` } : {},
    headersTimeout: timeoutMs,
    bodyTimeout: timeoutMs,
    // A kept connection may be one the camera has closed meanwhile.
    reset: true,
    // Never paused: decision 29.
    highWaterMark: mostBytes,
    signal,
  });
}

/** The URL without its credentials, and those as Basic has them: undefined if there are none. */
function partsOf(url: string): { bare: string; credentials: string | undefined } {
  const parsed = new URL(url);
  const pair = [parsed.username, parsed.password].map(decodeURIComponent).join(":");
  parsed.username = "";
  parsed.password = "";
  const credentials = pair === ":" ? undefined : Buffer.from(pair).toString("base64");
  return { bare: parsed.href, credentials };
}

/** With its code, by which the cause is known. */
export function describeFailure(error: unknown): string {
  const { code = "" } = error as NodeJS.ErrnoException;
  return `${messageOf(error)} ${code.includes("TIMEOUT") ? "timed out" : code}`.trim();
}
