import { type ErrorCode, TmonError } from "../../../errors.ts";
import type { CameraReason } from "../../../messages/camera-status.ts";

/** What is known of a live source that did not play. */
export interface Trouble {
  readonly url: string;
  readonly shownUrl: string;
  /** ffmpeg's lines, a status line, or a network error's message. */
  readonly complaints: readonly string[];
  /** It had played when it failed. */
  readonly played: boolean;
  /** It has played, now or earlier: what was right once is not for a person to mend. */
  readonly playedBefore: boolean;
  /** A silence so long that nothing will come any more. */
  readonly timedOut: boolean;
}

interface Explanation {
  code: ErrorCode;
  /** Undefined where only the source's own words are known. */
  reasonCode: CameraReason | undefined;
  what: string;
  todo: string;
}

const causes: [pattern: RegExp, explanation: Explanation | ((trouble: Trouble) => Explanation)][] = [
  [/\b(401|403)\b|authorization failed|access denied/i, explainRefusal],
  [
    /\b404\b/,
    {
      code: "TMON_SOURCE_NOT_FOUND",
      reasonCode: "no_such_stream",
      what: "there is no such stream on the camera (404)",
      todo: "check the path of the URL in the camera's manual or settings",
    },
  ],
  [
    /failed to resolve|ENOTFOUND|EAI_AGAIN|name or service not known/i,
    {
      code: "TMON_SOURCE_UNREACHABLE",
      reasonCode: "unknown_host",
      what: "the host is unknown",
      todo: "check the host's name, or write its address",
    },
  ],
  [
    /connection refused|ECONNREFUSED/i,
    {
      code: "TMON_SOURCE_UNREACHABLE",
      reasonCode: "connection_refused",
      what: "connection refused: nothing listens on this port",
      todo: "check the port (RTSP: 554), and that the camera is on",
    },
  ],
  [
    /no route|unreachable|EHOSTUNREACH|ENETUNREACH/i,
    {
      code: "TMON_SOURCE_UNREACHABLE",
      reasonCode: "no_route",
      what: "there is no way to this host",
      todo: "check the network between this machine and the camera",
    },
  ],
  [
    /timed? ?out|ETIMEDOUT/i,
    {
      code: "TMON_SOURCE_UNREACHABLE",
      reasonCode: "no_answer",
      what: "no answer in time",
      todo: "check that the camera is on and reachable from this machine, and not out of connections",
    },
  ],
  [
    /invalid data|does not contain any stream|matches no streams|could not find codec|not on whitelist/i,
    {
      code: "TMON_SOURCE_UNREADABLE",
      reasonCode: "not_video",
      what: "it answers, but not with video ffmpeg can read",
      todo: "check the URL: it must be the stream itself, not the camera's web page",
    },
  ],
];

function explainRefusal({ url }: Trouble): Explanation {
  const named = /^[^/]*\/\/[^/]*@/.test(url);
  return {
    code: "TMON_SOURCE_REFUSED",
    reasonCode: named ? "wrong_credentials" : "credentials_needed",
    what: named ? "wrong user name or password" : "it asks for a user name and a password",
    todo: "write USER:PASSWORD@ before the host in the URL, special characters as %XX",
  };
}

/** Why a live source does not play, in words of its own where the cause is known. */
export function explainTrouble(trouble: Trouble): TmonError {
  const complaints = trouble.complaints.map((line) => withoutPassword(line, trouble.url));
  const said = [...(trouble.timedOut ? ["timed out"] : []), ...complaints].join("\n");
  const known = causes.find(([pattern]) => pattern.test(said))?.[1];
  const explanation = typeof known === "function" ? known(trouble) : (known ?? unknown(complaints));
  const { code, reasonCode, what, todo } = explanation;
  const passing = trouble.playedBefore && code !== "TMON_SOURCE_REFUSED";
  if (!trouble.played || !passing) {
    const shown = passing ? "TMON_SOURCE_UNREACHABLE" : code;
    return Object.assign(new TmonError(shown, `${trouble.shownUrl}: ${what}`, todo), { reasonCode });
  }
  const reason = known ? what : telling(complaints);
  return new TmonError(
    "TMON_SOURCE_BROKEN",
    `${trouble.shownUrl}: the stream broke off${reason === undefined ? "" : `: ${reason}`}`,
    "see that the camera is on, reachable, and not out of connections",
  );
}

/** Why a source failed, where that is a known cause. */
export function reasonCodeOf(error: unknown): CameraReason | undefined {
  if (!(error instanceof TmonError)) return undefined;
  if (error.code === "TMON_SOURCE_BROKEN") return "broke_off";
  return (error as { reasonCode?: CameraReason }).reasonCode;
}

function unknown(complaints: readonly string[]): Explanation {
  const said = telling(complaints);
  return {
    code: "TMON_SOURCE_UNREACHABLE",
    reasonCode: said === undefined ? "no_pictures" : undefined,
    what: said ?? "it ended without a picture",
    todo: "try the URL with another player from this machine",
  };
}

/** The last line that says more than that the input could not be opened. */
function telling(complaints: readonly string[]): string | undefined {
  return complaints.findLast((line) => !/^(pipe:0: |Impossible to open)/.test(line)) ?? complaints.at(-1);
}

/** Beyond what redact() finds: a password alone, as a library may print it. */
function withoutPassword(text: string, url: string): string {
  const [, password = ""] = /:\/\/[^:/?#]*:(.*)@/.exec(url) ?? [];
  return password === "" ? text : text.replaceAll(password, "…");
}
