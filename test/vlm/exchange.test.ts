import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { Agent } from "undici";
import { expect, onTestFinished, test } from "vitest";
import { exchange, NotSent } from "../../src/vlm/exchange.ts";
import { startHastyServer } from "../support/hasty-server.ts";
import { until } from "../support/until.ts";

/** Answers everything but "hang", whose responses are left open. */
async function startServer() {
  const hanging: ServerResponse[] = [];
  const server = createServer((request, response) => {
    let body = "";
    request.on("data", (chunk) => (body += chunk));
    request.on("end", () => (body === "hang" ? hanging.push(response) : response.end(body)));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const agent = new Agent({ connections: null, pipelining: 1 });
  onTestFinished(async () => {
    await agent.destroy();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  const { signal } = new AbortController();
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const request = { origin, path: "/", method: "POST", headers: {} } as const;
  return {
    hanging,
    post: (body: string, maySend = () => true) =>
      exchange(agent, { ...request, body: Buffer.from(body) }, { signal, maySend, timeoutMs: 60_000 }),
  };
}

test("where a call is let go and another hangs on the connection it left, a third waits for neither", async () => {
  const { hanging, post } = await startServer();
  const letGo = () => post("let go", () => false);
  // Leaves a connection that is open and was never used.
  await expect(letGo()).rejects.toThrow(NotSent);
  const again = letGo();
  const open = post("hang");
  await expect(again).rejects.toThrow(NotSent);
  await until(() => hanging.length === 1);
  expect((await post("third")).text).toBe("third");
  hanging[0]?.end("done");
  expect((await open).text).toBe("done");
});

// nodejs/undici#5360 would end the process if a body were paused meanwhile: decision 29.
test("an answer is read whole, however long it is, where the provider hangs up at once", async () => {
  const agent = new Agent({ connections: null, pipelining: 1 });
  onTestFinished(() => agent.destroy());
  const { signal } = new AbortController();
  for (const bytes of [70_000, 100_000, 130_000, 1_000_000])
    for (const headers of [{ "content-length": `${bytes}` }, undefined]) {
      const origin = await startHastyServer(Buffer.alloc(bytes, "a"), headers);
      const request = { origin, path: "/", method: "POST", headers: {}, body: Buffer.from("?") } as const;
      const { text } = await exchange(agent, request, { signal, timeoutMs: 60_000 });
      expect(text).toBe("a".repeat(bytes));
    }
});
