import { describe, expect, test } from "vitest";
import { Secret } from "../../src/config/secret.ts";
import { createSessions } from "../../src/observability/session.ts";
import { token } from "./support.ts";

const wall = { name: "wall; north", role: "viewer" as const, token: new Secret("another long enough token") };
const cookieOf = (setCookie: string) => setCookie.slice(0, setCookie.indexOf(";"));

describe("a session's cookie", () => {
  test("is its holder's, among other cookies too, and no script or other site gets it", () => {
    const sessions = createSessions([token, wall]);
    for (const each of [token, wall]) {
      const setCookie = sessions.begin(each, false);
      expect(setCookie).toMatch(/^tmon_session=[\w.-]+; Path=\/; HttpOnly; SameSite=Strict; Max-Age=\d+$/);
      expect(sessions.holder(`a=b; ${cookieOf(setCookie)}; c=d`)).toBe(each);
    }
    expect(sessions.begin(token, true)).toMatch(/; Secure$/);
  });

  test("is good on another replica and after a restart, until its token is taken away or changed", () => {
    const cookie = cookieOf(createSessions([token, wall]).begin(token, false));
    expect(createSessions([wall, token]).holder(cookie)).toBe(token);
    expect(createSessions([wall]).holder(cookie)).toBeUndefined();
    expect(createSessions([{ ...token, token: new Secret("a new long enough token") }]).holder(cookie)).toBe(
      undefined,
    );
  });

  test("ends in time", () => {
    let now = Date.now();
    const sessions = createSessions([token], () => now);
    const cookie = cookieOf(sessions.begin(token, false));
    now += 29 * 24 * 3_600_000;
    expect(sessions.holder(cookie)).toBe(token);
    now += 2 * 24 * 3_600_000;
    expect(sessions.holder(cookie)).toBeUndefined();
  });

  test("changed in any part is nobody's, and tells nothing of the token", () => {
    const sessions = createSessions([token, wall]);
    const cookie = cookieOf(sessions.begin(wall, false));
    const [name = "", until = "", signature = ""] = cookie.replace("tmon_session=", "").split(".");
    const operator = Buffer.from(token.name).toString("base64url");
    for (const value of [
      "",
      "x",
      `${operator}.${until}.${signature}`,
      `${name}.${Number(until) + 1}.${signature}`,
      `${name}.${until}.${signature.slice(1)}`,
      `${name}.${until}.`,
      `${name}.NaN.${signature}`,
      `${name}.Infinity.${signature}`,
    ])
      expect(sessions.holder(`tmon_session=${value}`), value).toBeUndefined();
    expect(sessions.holder(undefined)).toBeUndefined();
    expect(cookie).not.toContain(wall.token.reveal());
    expect(cookie).not.toContain(Buffer.from(wall.token.reveal()).toString("base64url"));
  });
});
