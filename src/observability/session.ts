import { createHmac, timingSafeEqual } from "node:crypto";
import type { WebConfig } from "../config/config.ts";

type Token = WebConfig["tokens"][number];

export interface Sessions {
  /** The `Set-Cookie` of somebody who showed this token. */
  begin(token: Token, secure: boolean): string;
  /** Whose cookie it is; undefined if it is nobody's, or too old. */
  holder(cookies: string | undefined): Token | undefined;
}

/** A control room's page stays open for weeks; whoever has lost a device takes its token out of tmon.yaml. */
const lifetimeSeconds = 30 * 24 * 3600;
const cookieName = "tmon_session";
export const endSession = `${cookieName}=; Path=/; HttpOnly; SameSite=Strict; Max-Age=0`;

/**
 * Sessions without a memory: the cookie says whose it is and until when, signed with the token itself. So it is
 * good on every replica and after a restart, and gone with its token.
 */
export function createSessions(tokens: readonly Token[], now: () => number = Date.now): Sessions {
  const sign = (token: Token, until: string) =>
    createHmac("sha256", token.token.reveal()).update(`${token.name} ${until}`).digest();

  return {
    begin(token, secure) {
      const until = String(Math.floor(now() / 1000) + lifetimeSeconds);
      const name = Buffer.from(token.name).toString("base64url");
      const value = `${name}.${until}.${sign(token, until).toString("base64url")}`;
      const attributes = `Path=/; HttpOnly; SameSite=Strict; Max-Age=${lifetimeSeconds}`;
      return `${cookieName}=${value}; ${attributes}${secure ? "; Secure" : ""}`;
    },
    holder(cookies) {
      const [, value = ""] = new RegExp(`(?:^|; *)${cookieName}=([^;]*)`).exec(cookies ?? "") ?? [];
      const [name = "", until = "", signature = ""] = value.split(".");
      if (!(Number(until) * 1000 > now())) return undefined;
      const given = Buffer.from(signature, "base64url");
      return tokens.find((token) => {
        if (Buffer.from(token.name).toString("base64url") !== name) return false;
        const expected = sign(token, until);
        return given.length === expected.length && timingSafeEqual(given, expected);
      });
    },
  };
}
