import { createHash, timingSafeEqual } from "node:crypto";
import type { FastifyRequest } from "fastify";
import type { WebConfig } from "../config/config.ts";
import { isLoopback } from "../config/loopback.ts";
import { TmonError } from "../errors.ts";

/** Why a request is refused. */
export interface Refusal {
  status: 401 | 403;
  message: string;
}

export interface Access {
  /** True when only this machine can reach the server. */
  readonly local: boolean;
  refusal(request: FastifyRequest): Refusal | undefined;
}

/** Probes of systemd, Kubernetes and load balancers carry no token, and are told no details. */
const openPaths = new Set(["/livez", "/readyz"]);

/**
 * Who may ask. On loopback everybody on this machine, but no page of another site through somebody's
 * browser; beyond loopback who has a token.
 * @throws TmonError TMON_TOKEN_REQUIRED
 */
export function createAccess({ host, tokens }: WebConfig): Access {
  const local = isLoopback(`http://${hostInUrl(host)}`);
  if (!local && tokens.length === 0) {
    throw new TmonError(
      "TMON_TOKEN_REQUIRED",
      `listening on ${host} lets other machines in, and no token is configured`,
      "set TMON_TOKEN or web.tokens in tmon.yaml, or listen on 127.0.0.1",
    );
  }
  const digests = tokens.map(({ token }) => digestOf(token.reveal()));

  return {
    local,
    refusal(request) {
      if (openPaths.has(pathOf(request.url))) return undefined;
      if (!isSameHost(request)) return { status: 403, message: "requests of other sites are refused" };
      if (local) return refuseForeignName(request);
      const [, token] = /^Bearer +(.+)$/i.exec(request.headers.authorization ?? "") ?? [];
      const digest = digestOf(token ?? "");
      const known = digests.filter((of) => timingSafeEqual(of, digest)).length > 0;
      return token !== undefined && known ? undefined : { status: 401, message: "a bearer token is needed" };
    },
  };
}

/** An IPv6 address stands in brackets in a URL. */
export function hostInUrl(host: string): string {
  return host.includes(":") ? `[${host}]` : host;
}

export function pathOf(url: string): string {
  return url.split("?", 1)[0] as string;
}

/** Browsers say which site a WebSocket or a cross-site request comes from; other clients say nothing. */
function isSameHost({ headers }: FastifyRequest): boolean {
  const { origin } = headers;
  if (origin === undefined) return true;
  return URL.canParse(origin) && new URL(origin).host === headers.host;
}

/** A site whose name was made to point at 127.0.0.1 sends its own name. */
function refuseForeignName({ headers }: FastifyRequest): Refusal | undefined {
  if (isLoopback(`http://${headers.host}`)) return undefined;
  return { status: 403, message: "this server answers to localhost only" };
}

function digestOf(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}
