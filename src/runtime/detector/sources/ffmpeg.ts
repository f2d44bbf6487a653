import { execa } from "execa";
import { TmonError } from "../../../errors.ts";
import { giveWay } from "../../../give-way.ts";
import { complaintsOf } from "./complaints.ts";

export interface FfmpegRun {
  /** From the input's options on. */
  readonly args: readonly string[];
  /** What it reads on standard input: there alone no `ps` can see it. */
  readonly script?: string;
  onOutput(chunk: Buffer): void;
  /** Its output on descriptor 3. */
  onSide?(chunk: Buffer): void;
  /** Ends it: SIGTERM, then SIGKILL. */
  readonly signal: AbortSignal;
}

export interface FfmpegEnd {
  /** Undefined: it ended by itself and without an error, which a live source may do too when it breaks off. */
  readonly failed: string | undefined;
  /** ffmpeg's own lines, fit to be shown. */
  readonly complaints: string[];
}

const common = ["-nostdin", "-hide_banner", "-loglevel", "error", "-threads", "1"];
/** A stopped ffmpeg that does not end within this time is killed. */
const forceKillAfterDelay = 2000;
/** What it inherits of the environment: no API key and no password of a camera is its business. */
const inherited = ["PATH", "HOME", "LD_LIBRARY_PATH", "SystemRoot", "SSL_CERT_FILE", "SSL_CERT_DIR"];
/** The last characters of what ffmpeg says: the reason of its end is among them. */
const keptComplaints = 4000;

/**
 * Runs ffmpeg to its end. When tmon dies, its next write to a pipe ends it; an input that may stand still needs
 * a time-out of its own.
 * @throws TmonError TMON_NO_FFMPEG
 */
export async function runFfmpeg({ args, script, onOutput, onSide, signal }: FfmpegRun): Promise<FfmpegEnd> {
  const child = execa("ffmpeg", [...common, ...args], {
    ...(script === undefined ? {} : { input: script }),
    stdio: [script === undefined ? "ignore" : "pipe", "pipe", "pipe", onSide ? "pipe" : "ignore"],
    env: Object.fromEntries(inherited.map((name) => [name, process.env[name]])),
    extendEnv: false,
    buffer: false,
    reject: false,
    cancelSignal: signal,
    forceKillAfterDelay,
  });
  if (child.pid !== undefined) giveWay(child.pid);
  let complained = "";
  child.stderr?.on("data", (text: Buffer) => {
    complained = (complained + text.toString()).slice(-keptComplaints);
  });
  child.stdout?.on("data", onOutput);
  if (onSide) child.stdio[3]?.on("data", onSide);

  const { code, exitCode, signal: killedBy } = await child;
  if (code === "ENOENT") throw noFfmpeg();
  return {
    failed: exitCode === 0 ? undefined : `ffmpeg ended with ${killedBy ?? exitCode}`,
    complaints: complaintsOf(complained),
  };
}

/** Older ones do not know all that is said on standard input. */
const leastVersion = [5, 1] as const;

/** @throws TmonError TMON_NO_FFMPEG if there is none, or one too old to read live cameras. */
export async function requireFfmpeg(): Promise<void> {
  const { code, stdout } = await execa("ffmpeg", ["-version"], { reject: false, stderr: "ignore" });
  if (code === "ENOENT") throw noFfmpeg();
  // Builds of a day have a date instead; those are new.
  const [, version = "", major, minor] = /^ffmpeg version n?((\d{1,2})\.(\d+)[^ ]*)/.exec(stdout) ?? [];
  const number = Number(major) + Number(minor) / 100;
  if (number < leastVersion[0] + leastVersion[1] / 100)
    throw noFfmpeg(`ffmpeg ${version} is too old to read live cameras: ${leastVersion.join(".")} is needed`);
}

function noFfmpeg(message = "ffmpeg is not installed or not on the PATH: video cannot be read"): TmonError {
  return new TmonError(
    "TMON_NO_FFMPEG",
    message,
    "install a current one: apt install ffmpeg, brew install ffmpeg, or winget install ffmpeg",
  );
}
