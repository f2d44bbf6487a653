import { onTestFinished } from "vitest";
import type { Config } from "../../src/config/config.ts";
import { Secret } from "../../src/config/secret.ts";
import { type HttpServer, startHttpServer } from "../../src/observability/server.ts";
import type { RoleContext, RoleName, RunningRole } from "../../src/runtime/role.ts";
import { openContext, testConfig } from "../support/context.ts";
import { temporaryDirectory } from "../support/tmp.ts";

export const token = {
  name: "control room",
  role: "operator" as const,
  token: new Secret("correct horse battery staple"),
};

export const bearer = (text: string) => ({ headers: { authorization: `Bearer ${text}` } });

/** A server of roles that do nothing, on a real bus and store; gone when the test ends. */
export async function serve(
  names: RoleName[] = ["scheduler", "aggregator"],
  web: Partial<Config["web"]> = {},
  defaultPort = 0,
): Promise<HttpServer & { context: RoleContext; get(path: string, init?: RequestInit): Promise<Response> }> {
  const base = testConfig(temporaryDirectory());
  const { context, close } = await openContext({ ...base, web: { ...base.web, ...web } });
  onTestFinished(close);
  const server = await startHttpServer({ context, roles: names.map(idle), defaultPort });
  onTestFinished(() => server.close());
  const get = (path: string, init?: RequestInit) =>
    fetch(`http://127.0.0.1:${server.port}${path}`, { redirect: "manual", ...init });
  return { ...server, context, get };
}

function idle(name: RoleName): RunningRole {
  return {
    name,
    drain: async () => {},
    stop: async () => {},
    busy: async () => false,
    stats: () => ({ figure: name }),
    failed: new Promise<never>(() => {}),
  };
}
