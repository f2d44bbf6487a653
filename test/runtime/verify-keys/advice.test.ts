import { readFileSync } from "node:fs";
import { createServer, type RequestListener, type Server } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo } from "node:net";
import { expect, it, onTestFinished } from "vitest";
import { loadConfig } from "../../../src/config/load.ts";
import { ownQuotas } from "../../../src/runtime/verify-keys/quotas.ts";
import { verifyKeys } from "../../../src/runtime/verify-keys/verify-keys.ts";
import { makeAuthority } from "../../support/certificates.ts";
import { temporaryDirectory } from "../../support/tmp.ts";

/** What is told of a key whose base URL is this server's. */
async function told(server: Server, { scheme = "http" } = {}) {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  const [cwd, env] = [temporaryDirectory(), { DASHSCOPE_API_KEY: "sk-any" }];
  const loaded = loadConfig({ flags: {}, env, cwd, home: cwd }).config;
  const keys = loaded.keys.map((key) => ({ ...key, baseUrl: `${scheme}://127.0.0.1:${port}/v1` }));
  const config = { ...loaded, keys };
  const signal = new AbortController().signal;
  const [report] = await verifyKeys({ config, quotas: ownQuotas(), timeoutMs: 10_000, cheap: false, signal });
  return report!;
}

const page =
  (status: number): RequestListener =>
  (_, response) =>
    response.writeHead(status, { "content-type": "text/html" }).end("<!doctype html><html>Sign in</html>");

const proxyTodo = /base URL.*proxy or a login page/;

it.each([
  [200, "TMON_VLM_ANSWER_INVALID"],
  [407, "TMON_VLM_REQUEST_REFUSED"],
  [403, "TMON_VLM_ACCESS_DENIED"],
] as const)(
  "a web page with %i tells nothing good of the key, and is no provider's",
  async (status, code) => {
    const report = await told(createServer(page(status)));
    expect(report).toMatchObject({ result: "failed", code, valid: null, answered: false });
    expect(report.modelReachable).not.toBe(true);
    expect(report.state).not.toBe("healthy");
    expect(report.reason).toContain("a web page");
    expect(report.todo).toMatch(proxyTodo);
  },
);

it("an answer that leads elsewhere is no provider's either", async () => {
  const elsewhere: RequestListener = (_, response) =>
    response.writeHead(302, { location: "http://127.0.0.1/login" }).end();
  const report = await told(createServer(elsewhere));
  expect(report).toMatchObject({ valid: null, modelReachable: null, state: null, answered: false });
  expect(report.todo).toMatch(proxyTodo);
});

it("what is wrong with the certificate, or with TLS at all, is said in words", async () => {
  const { certificate, key } = await makeAuthority(temporaryDirectory());
  const pem = { cert: readFileSync(certificate), key: readFileSync(key) };
  const answer: RequestListener = (_, response) => response.end("{}");
  expect(await told(createTlsServer(pem, answer), { scheme: "https" })).toMatchObject({
    code: "TMON_TLS_FAILED",
    reason: expect.stringContaining("certificate"),
    todo: expect.stringContaining("NODE_EXTRA_CA_CERTS"),
  });
  expect(await told(createServer(answer), { scheme: "https" })).toMatchObject({
    code: "TMON_TLS_FAILED",
    todo: expect.stringContaining("speaks TLS on this port"),
  });
  expect(await told(createTlsServer(pem, answer))).toMatchObject({
    code: "TMON_VLM_UNREACHABLE",
    todo: expect.stringContaining("https://"),
  });
});
