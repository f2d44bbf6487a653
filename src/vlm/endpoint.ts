import type { VlmTarget } from "./client.ts";
import type { HttpRequest } from "./exchange.ts";

type Endpoint = Omit<HttpRequest, "body">;

const completions = new WeakMap<VlmTarget, Endpoint>();

/** Chat completions of the target's model; the same for all its calls, hence put together once. */
export function completionsOf(target: VlmTarget): Endpoint {
  const endpoint =
    completions.get(target) ??
    endpointOf(target, "POST", "chat/completions", { "content-type": "application/json" });
  completions.set(target, endpoint);
  return endpoint;
}

/** The list of the models that the target's key may ask. */
export function modelsOf(target: VlmTarget): Endpoint {
  return endpointOf(target, "GET", "models", {});
}

function endpointOf(
  { baseUrl, key }: VlmTarget,
  method: Endpoint["method"],
  path: string,
  headers: Endpoint["headers"],
): Endpoint {
  const { origin, pathname, search } = new URL(`${baseUrl.replace(/\/+$/, "")}/${path}`);
  const authorization = `Bearer ${key.reveal()}`;
  return { origin, path: pathname + search, method, headers: { ...headers, authorization } };
}
