import { createHash, timingSafeEqual } from "node:crypto";
import type { FastifyRequest } from "fastify";
import type { WebConfig } from "../config/config.ts";
import { isLoopback } from "../config/loopback.ts";
import { TmonError } from "../errors.ts";
import { createSessions } from "./session.ts";

/** Who asks: an operator may also change something. */
export interface Visitor {
  name: string;
  role: "operator" | "viewer";
}

/** Why a request is refused. */
export interface Refusal {
  status: 401 | 403 | 429;
  message: string;
}

export interface Access {
  /** True when only this machine can reach the server, and nobody is asked for a token. */
  readonly local: boolean;
  admit(request: FastifyRequest): Visitor | Refusal;
  /** The `Set-Cookie` of a session for who shows a token; undefined if it is none. */
  logIn(token: string, secure: boolean): string | undefined;
}

/** Probes of systemd, Kubernetes and load balancers carry no token, and are told no details. */
const probePaths = new Set(["/livez", "/readyz"]);
const loginPaths = new Set(["/login", "/login.css", "/icon.svg"]);
const nobody: Visitor = { name: "anybody", role: "viewer" };
const thisMachine: Visitor = { name: "this machine", role: "operator" };

/**
 * Who may ask. On loopback everybody on this machine, but no page of another site through somebody's
 * browser; beyond loopback, and wherever tokens are configured (a proxy may stand before it), who has one: in a
 * header, or by the cookie /login gives for it.
 * @throws TmonError TMON_TOKEN_REQUIRED
 */
export function createAccess({ host, tokens, origins }: WebConfig): Access {
  const onLoopback = isLoopback(`http://${hostInUrl(host)}`);
  const local = onLoopback && tokens.length === 0;
  if (!onLoopback && tokens.length === 0) {
    throw new TmonError(
      "TMON_TOKEN_REQUIRED",
      `listening on ${host} lets other machines in, and no token is configured`,
      "set TMON_TOKEN or web.tokens in tmon.yaml, or listen on 127.0.0.1",
    );
  }
  const sessions = createSessions(tokens);
  const digests = tokens.map((token) => ({ token, digest: digestOf(token.token.reveal()) }));

  /** Compares with all of them, so that the time tells nothing. */
  function holderOf(text: string) {
    const digest = digestOf(text);
    return digests.filter((known) => timingSafeEqual(known.digest, digest)).at(0)?.token;
  }

  function holderBy({ headers }: FastifyRequest) {
    const [, bearer] = /^Bearer +(.+)$/i.exec(headers.authorization ?? "") ?? [];
    return bearer === undefined ? sessions.holder(headers.cookie) : holderOf(bearer);
  }

  return {
    local,
    admit(request) {
      if (isProbe(request)) return nobody;
      if (!isOwnPage(request, origins))
        return { status: 403, message: "requests of other sites are refused" };
      if (local) return isOwnName(request) ? thisMachine : foreignName;
      if (loginPaths.has(pathOf(request.url))) return nobody;
      return holderBy(request) ?? { status: 401, message: "a bearer token is needed" };
    },
    logIn(text, secure) {
      const token = holderOf(text);
      return token && sessions.begin(token, secure);
    },
  };
}

const foreignName: Refusal = { status: 403, message: "this server answers to localhost only" };

/** An IPv6 address stands in brackets in a URL. */
export function hostInUrl(host: string): string {
  return host.includes(":") ? `[${host}]` : host;
}

export function isProbe({ url }: FastifyRequest): boolean {
  return probePaths.has(pathOf(url));
}

export function pathOf(url: string): string {
  return url.split("?", 1)[0] as string;
}

/** Browsers say which site a WebSocket or a cross-site request comes from; other clients say nothing. */
function isOwnPage({ headers }: FastifyRequest, origins: readonly string[]): boolean {
  const { origin } = headers;
  if (origin === undefined || origins.includes(origin)) return true;
  return URL.canParse(origin) && new URL(origin).host === headers.host;
}

/** A site whose name was made to point at 127.0.0.1 sends its own name. */
function isOwnName({ headers }: FastifyRequest): boolean {
  return isLoopback(`http://${headers.host}`);
}

function digestOf(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}
