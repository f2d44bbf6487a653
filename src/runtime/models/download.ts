import { on } from "node:events";
import { type FileHandle, open, readFile, rm, stat, writeFile } from "node:fs/promises";
import { setTimeout as delay } from "node:timers/promises";
import { type Dispatcher, EnvHttpProxyAgent, interceptors } from "undici";
import { isPassing, Refused } from "./failure.ts";

export interface DownloadOptions {
  signal: AbortSignal;
  /** Bytes there are; `total` is undefined where the server does not say. */
  onProgress(received: number, total: number | undefined): void;
  /** Called when the server has said how long the file is. Throws to refuse it. */
  checkLength(bytes: number): void;
  /** Of an answer more is not read, and as much is held in memory where the disk is slower than the server. */
  mostBytes: number;
}

/** Milliseconds without an answer, or without a byte of it. */
const silenceMs = 30_000;
const redirects = 5;
/** After each loss of the connection, ms; longer each time that nothing came. */
const pausesMs = [200, 1000, 3000];

/**
 * Fetches a file into `part`. What is there already of the very same file is not fetched again, and a connection that
 * broke off is taken up again, unless it brings nothing three times in a row. Proxies are those of the environment.
 *
 *   part, part.validator -> Range, If-Range -> 206: the rest is appended | 200: begun anew
 */
export async function download(url: string, part: string, options: DownloadOptions): Promise<void> {
  const agent = new EnvHttpProxyAgent({
    ...{ headersTimeout: silenceMs, bodyTimeout: silenceMs },
    maxResponseSize: options.mostBytes,
  });
  const dispatcher = agent.compose(interceptors.redirect({ maxRedirections: redirects }));
  try {
    let hasBegun = false;
    const onProgress: DownloadOptions["onProgress"] = (...bytes) => {
      hasBegun = true;
      options.onProgress(...bytes);
    };
    for (let barren = 0; ; ) {
      const before = await sizeOf(part);
      try {
        return await fetchRest(dispatcher, url, part, { ...options, onProgress });
      } catch (error) {
        barren = (await sizeOf(part)) > before ? 0 : barren + 1;
        const pauseMs = pausesMs[barren];
        if (options.signal.aborted || !hasBegun || !isPassing(error) || pauseMs === undefined) throw error;
        await delay(pauseMs, undefined, { signal: options.signal });
      }
    }
  } finally {
    await agent.destroy();
  }
}

export const validatorOf = (part: string) => `${part}.validator`;

async function fetchRest(
  dispatcher: Dispatcher,
  url: string,
  part: string,
  options: DownloadOptions,
): Promise<void> {
  const validator = await readFile(validatorOf(part), "utf8").catch(() => undefined);
  const from = validator === undefined ? 0 : await sizeOf(part);
  const { origin, pathname, search, authorization } = partsOf(url);
  const { statusCode, headers, body } = await dispatcher.request({
    ...{ origin, path: pathname + search, method: "GET", signal: options.signal },
    // Never paused: decision 29.
    highWaterMark: options.mostBytes + 1,
    headers: {
      "accept-encoding": "identity",
      ...(authorization && { authorization }),
      ...(validator !== undefined && from > 0 && { range: `bytes=${from}-`, "if-range": validator }),
    },
  });
  // What is not read of an answer is let go; that it breaks off then is no news.
  body.on("error", () => {});
  // A stream forgets what it holds when it breaks off; this gives all that came first.
  const chunks = on(body, "data", { close: ["end"] }) as AsyncIterable<[Buffer]>;
  try {
    if (statusCode === 416) {
      await discard(part);
      return await fetchRest(dispatcher, url, part, options);
    }
    if (statusCode !== 200 && statusCode !== 206) throw new Refused(statusCode);
    const start = statusCode === 206 ? from : 0;
    const length = Number(headers["content-length"] ?? Number.NaN);
    const total = Number.isNaN(length) ? undefined : start + length;
    if (total !== undefined) options.checkLength(total);
    const file = await open(part, start === 0 ? "w" : "r+");
    try {
      await noteValidator(part, headers);
      await append(file, start, chunks, { ...options, total });
      await file.sync();
    } finally {
      await file.close();
    }
  } finally {
    body.destroy();
  }
}

async function append(
  file: FileHandle,
  start: number,
  chunks: AsyncIterable<[Buffer]>,
  { onProgress, total }: DownloadOptions & { total: number | undefined },
): Promise<void> {
  let at = start;
  onProgress(at, total);
  for await (const [chunk] of chunks) {
    for (let done = 0; done < chunk.length; )
      done += (await file.write(chunk, done, chunk.length - done, at + done)).bytesWritten;
    at += chunk.length;
    onProgress(at, total);
  }
}

/** By which the server knows the very same file again. A weak ETag does not say that. Source: RFC 9110, 13.1.5. */
async function noteValidator(part: string, headers: Record<string, unknown>): Promise<void> {
  const { etag, "last-modified": modified } = headers;
  const validator = typeof etag === "string" && !etag.startsWith("W/") ? etag : modified;
  if (typeof validator === "string") await writeFile(validatorOf(part), validator);
  else await rm(validatorOf(part), { force: true });
}

export async function discard(part: string): Promise<void> {
  await rm(part, { force: true });
  await rm(validatorOf(part), { force: true });
}

async function sizeOf(file: string): Promise<number> {
  return (await stat(file).catch(() => undefined))?.size ?? 0;
}

/** Credentials of the address go into a header. */
function partsOf(url: string) {
  const { origin, pathname, search, username, password } = new URL(url);
  const pair = [username, password].map(decodeURIComponent).join(":");
  const authorization = pair === ":" ? undefined : `Basic ${Buffer.from(pair).toString("base64")}`;
  return { origin, pathname, search, authorization };
}
