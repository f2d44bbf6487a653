import type { Agent } from "undici";
import type { VlmTarget } from "./client.ts";
import { errorOfResponse } from "./response.ts";

const refused = [401, 403];

/**
 * Asks the provider for its models, which costs nothing. True if it answers, false if its answer says nothing
 * about the key (no such address, too busy).
 * @throws VlmError if the key is refused; what the connection throws.
 */
export async function checkKey(agent: Agent, target: VlmTarget, signal: AbortSignal): Promise<boolean> {
  const { origin, pathname, search } = new URL(`${target.baseUrl.replace(/\/+$/, "")}/models`);
  const headers = { authorization: `Bearer ${target.key.reveal()}` };
  const response = await agent.request({ origin, path: pathname + search, method: "GET", headers, signal });
  const text = await response.body.text();
  const { statusCode: status } = response;
  if (refused.includes(status))
    throw errorOfResponse({ status, headers: response.headers, text }, target.key);
  return status >= 200 && status <= 299;
}
