import { describe, expect, test } from "vitest";
import { serve, token } from "../observability/support.ts";

const html = { headers: { accept: "text/html,*/*" } };
const form = (text: string, headers: Record<string, string> = {}) => ({
  method: "POST",
  headers: { "content-type": "application/x-www-form-urlencoded", ...headers },
  body: new URLSearchParams({ token: text }).toString(),
});
const beyond = { host: "0.0.0.0", tokens: [token] };

describe("beyond loopback", () => {
  test("who opens the page is led to the login; scripts are told to bring a token", async () => {
    const { get } = await serve(["aggregator"], beyond);
    const page = await get("/", html);
    expect([page.status, page.headers.get("location")]).toEqual([303, "/login"]);
    expect((await get("/api/stats")).status).toBe(401);
    const login = await get("/login", html);
    expect(login.status).toBe(200);
    expect(await login.text()).toContain('type="password"');
    expect((await get("/icon.svg")).headers.get("content-type")).toBe("image/svg+xml");
    expect((await get("/login.css")).headers.get("content-type")).toContain("text/css");
  });

  test("the token is shown once, its cookie opens everything, and a logout ends it", async () => {
    const { get } = await serve(["aggregator"], beyond);
    const welcome = await get("/login", form(` ${token.token.reveal()} `));
    expect([welcome.status, welcome.headers.get("location")]).toEqual([303, "/"]);
    const cookie = welcome.headers.get("set-cookie")?.split(";")[0] as string;
    for (const path of ["/", "/api/incidents", "/metrics"])
      expect((await get(path, { headers: { cookie } })).status, path).toBe(200);
    const goodbye = await get("/logout", { method: "POST", headers: { cookie } });
    expect(goodbye.headers.get("set-cookie")).toContain("Max-Age=0");
  });

  test("behind a proxy with TLS the cookie is for TLS alone", async () => {
    const { get } = await serve(["aggregator"], beyond);
    const welcome = await get("/login", form(token.token.reveal(), { "x-forwarded-proto": "https" }));
    expect(welcome.headers.get("set-cookie")).toMatch(/; Secure$/);
  });

  test("a wrong token is refused, and guessing ends soon, for the right one too", async () => {
    const { get } = await serve(["aggregator"], beyond);
    const first = await get("/login", form("guess"));
    expect(first.status).toBe(401);
    expect(await first.text()).toContain('role="alert"');
    const statuses = [];
    for (let guess = 1; guess <= 12; guess++) statuses.push((await get("/login", form("guess"))).status);
    expect(statuses.at(-1)).toBe(429);
    expect((await get("/login", form(token.token.reveal()))).status).toBe(429);
    expect((await get("/livez")).status).toBe(200);
  });

  test("no other site's page logs in or uses a session", async () => {
    const { get } = await serve(["aggregator"], beyond);
    const evil = { origin: "https://evil.example" };
    expect((await get("/login", form(token.token.reveal(), evil))).status).toBe(403);
  });
});

test("on loopback there is nothing to log in to", async () => {
  const { get } = await serve(["aggregator"]);
  const login = await get("/login", html);
  expect([login.status, login.headers.get("location")]).toEqual([303, "/"]);
});

test("every answer says that nothing is loaded from elsewhere, framed or guessed at", async () => {
  const { get } = await serve(["aggregator"]);
  for (const path of ["/", "/login.css", "/api/stats", "/nothing"]) {
    const { headers } = await get(path);
    const policy = headers.get("content-security-policy") ?? "";
    expect(policy, path).toContain("default-src 'none'");
    expect(policy, path).toContain("script-src 'self'");
    expect(policy, path).not.toContain("unsafe");
    expect(headers.get("x-content-type-options"), path).toBe("nosniff");
    expect(headers.get("x-frame-options"), path).toBe("DENY");
  }
});

/** Asks until the answer is 429, so often at most; how often it was another one. */
async function askUntilRefused(ask: () => Promise<Response>, most: number): Promise<number> {
  for (let asked = 0; asked < most; asked += 50) {
    const answers = await Promise.all(Array.from({ length: 50 }, ask));
    await Promise.all(answers.map((answer) => answer.arrayBuffer()));
    if (answers.some(({ status }) => status === 429)) return asked;
  }
  return most;
}

test.each(["/api/stats", "/nothing/there"])(
  "one address cannot keep the server busy with %s; probes are answered all the same",
  async (path) => {
    const { get } = await serve(["aggregator"]);
    expect(await askUntilRefused(() => get(path), 3_200)).toBeLessThan(3_200);
    expect((await get("/livez")).status).toBe(200);
  },
);

test("tokens cannot be guessed elsewhere than at the login either", async () => {
  const { get } = await serve(["aggregator"], beyond);
  const guess = () => get("/api/stats", { headers: { authorization: "Bearer guess" } });
  expect(await askUntilRefused(guess, 300)).toBeLessThan(300);
  const known = { headers: { authorization: `Bearer ${token.token.reveal()}` } };
  expect((await get("/api/stats", known)).status).toBe(200);
});

test("behind a proxy on this machine each browser has limits of its own", async () => {
  const { get } = await serve(["aggregator"], { tokens: [token] });
  const guess = (from: string) => () =>
    get("/api/stats", { headers: { authorization: "Bearer guess", "x-forwarded-for": from } });
  expect(await askUntilRefused(guess("192.0.2.1"), 300)).toBeLessThan(300);
  expect((await guess("192.0.2.2")()).status).toBe(401);
});

test("on loopback too, who configured tokens is asked for one: a proxy may stand before it", async () => {
  const { get } = await serve(["aggregator"], { tokens: [token] });
  expect((await get("/api/stats")).status).toBe(401);
  expect((await get("/", html)).headers.get("location")).toBe("/login");
  const known = { headers: { authorization: `Bearer ${token.token.reveal()}` } };
  expect((await get("/api/stats", known)).status).toBe(200);
});

test("a page of a site that was allowed may connect, others not", async () => {
  const { get } = await serve(["aggregator"], { origins: ["https://ops.example"] });
  expect((await get("/api/stats", { headers: { origin: "https://ops.example" } })).status).toBe(200);
  expect((await get("/api/stats", { headers: { origin: "https://evil.example" } })).status).toBe(403);
});
