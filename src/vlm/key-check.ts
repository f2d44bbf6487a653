import type { Agent } from "undici";
import { z } from "zod";
import type { VlmTarget } from "./client.ts";
import { modelsOf } from "./endpoint.ts";
import { type ExchangeOptions, exchange } from "./exchange.ts";
import { failureOf, VlmError } from "./failure.ts";
import { errorOfResponse, type HttpResponse, isSimulated } from "./response.ts";

const refused = [401, 403];
/** A provider need not have a list. */
const noList = [404, 405];

/**
 * Asks the provider for its models, which costs nothing. True if it answers, false if its answer says nothing
 * about the key (no such address, too busy).
 * @throws VlmError if the key is refused; what the connection throws.
 */
export async function checkKey(agent: Agent, target: VlmTarget, options: ExchangeOptions): Promise<boolean> {
  const response = await askForModels(agent, target, options);
  if (!refused.includes(response.status)) return isSuccess(response);
  const error = errorOfResponse(response, target.key);
  // Who may not see the list may be answered all the same.
  if (error.code === "TMON_VLM_ACCESS_DENIED") return false;
  throw error;
}

const listSchema = z.looseObject({ data: z.array(z.looseObject({ id: z.string() })) });

/**
 * The names of the models the key may ask for; undefined where the provider has no list.
 * @throws VlmError for any other answer; what the connection throws.
 */
export async function listModels(agent: Agent, target: VlmTarget, options: ExchangeOptions) {
  const response = await askForModels(agent, target, options);
  const simulated = isSimulated(response);
  if (noList.includes(response.status)) return { models: undefined, simulated };
  if (!isSuccess(response)) throw errorOfResponse(response, target.key);
  const list = listSchema.safeParse(response.json).data;
  if (list) return { models: list.data.map(({ id }) => id), simulated };
  const details = { status: response.status, simulated };
  throw new VlmError(
    failureOf("TMON_VLM_ANSWER_INVALID"),
    "the provider's answer is no list of models",
    details,
  );
}

const askForModels = (agent: Agent, target: VlmTarget, options: ExchangeOptions): Promise<HttpResponse> =>
  exchange(agent, modelsOf(target), options);

const isSuccess = ({ status }: HttpResponse) => status >= 200 && status <= 299;
