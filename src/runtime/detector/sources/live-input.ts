import { TmonError } from "../../../errors.ts";

/** How a live URL is read. */
export type StreamKind = "rtsp" | "hls" | "http";

/**
 * A connection that says nothing for so long ends by itself, µs. It is what ends an ffmpeg whose camera stands
 * still once tmon was killed; while tmon lives, its own bound on a picture's age comes first.
 */
const timeoutUs = 8_000_000;
export const timeoutMs = timeoutUs / 1000;

/** No file, whatever a playlist or a redirect names. */
const protocols = "pipe,rtsp,rtp,udp,tcp,tls,http,https,crypto";

/** ffmpeg's input of a live URL. */
export interface LiveInput {
  readonly args: readonly string[];
  /** What it reads on standard input. */
  readonly script: string;
}

/**
 * URL and options go to ffmpeg's concat demuxer on standard input, as an ffconcat script: on the command line
 * everybody could read the password.
 *
 * fpsprobesize: counting the frame rate before the first picture would make each picture a second older.
 * HLS comes a segment at a time: read at its own pace (-re) it gives a picture each interval.
 */
export function liveInput(url: string, kind: StreamKind, decoding: readonly string[] = []): LiveInput {
  const options = [
    ["timeout", timeoutUs],
    ["fpsprobesize", 0],
    ...(kind === "rtsp" ? [["rtsp_transport", "tcp"]] : []),
  ];
  const lines = [
    "ffconcat version 1.0",
    `file ${quote(url)}`,
    ...options.map(([name, value]) => `option ${name} ${value}`),
  ];
  const pace = kind === "hls" ? ["-re"] : [];
  const concat = ["-f", "concat", "-safe", "0", "-protocol_whitelist", protocols, "-i", "pipe:0"];
  return { args: [...pace, ...decoding, ...concat], script: `${lines.join("\n")}\n` };
}

/** @throws TmonError TMON_SOURCE_UNSUPPORTED where a line break would begin a directive of the script. */
export function requirePlain(url: string): void {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  if (!/[\u0000-\u001f]/.test(url)) return;
  throw new TmonError(
    "TMON_SOURCE_UNSUPPORTED",
    "a camera's URL holds a line break or another control character",
    "write it in one line",
  );
}

/** As the script has it: within quotes everything is itself, but a quote. */
function quote(url: string): string {
  requirePlain(url);
  return `'${url.replaceAll("'", "'\\''")}'`;
}
