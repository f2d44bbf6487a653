import { v4 as uuid } from "uuid";
import {
  type ControlAnswer,
  type ControlRequest,
  controlAnswerSchema,
  controlChannel,
  controlRequestSchema,
} from "../messages/control.ts";
import { jsonOf } from "../messages/json.ts";
import type { Store } from "../store/store.ts";

/**
 * Asks the detectors, and resolves with the answer of the one that is responsible; if none answers in time, with
 * status 0 and a message that says so. Nobody but operators may cause a request: that is the caller's to enforce.
 */
export async function requestControl(
  store: Pick<Store, "publish" | "subscribe">,
  request: Omit<ControlRequest, "id">,
  { timeoutMs }: { timeoutMs: number },
): Promise<ControlAnswer> {
  const id = uuid();
  let timer: NodeJS.Timeout | undefined;
  let settle: (answer: ControlAnswer) => void = () => {};
  const answered = new Promise<ControlAnswer>((resolve) => {
    settle = resolve;
  });
  const end = await store.subscribe(controlChannel, (_, message) => {
    const { data } = controlAnswerSchema.safeParse(jsonOf(message));
    if (data?.id === id) settle({ status: data.status, message: data.message });
  });
  try {
    await store.publish(controlChannel, JSON.stringify({ id, ...request }));
    timer = setTimeout(settle, timeoutMs, { status: 0, message: "no detector answered: is one running?" });
    return await answered;
  } finally {
    clearTimeout(timer);
    await end();
  }
}

/**
 * Hears the requests, from now on; what is answered goes back to who asked. Undefined: another's to answer.
 * The answer of this function ends it.
 */
export async function serveControl(
  store: Pick<Store, "publish" | "subscribe">,
  answer: (request: ControlRequest) => Promise<ControlAnswer | undefined>,
  onFailure: (error: unknown) => void,
): Promise<() => Promise<void>> {
  const serve = async (request: ControlRequest) => {
    const answered = await answer(request);
    if (answered) await store.publish(controlChannel, JSON.stringify({ id: request.id, ...answered }));
  };
  return store.subscribe(controlChannel, (_, message) => {
    const { data } = controlRequestSchema.safeParse(jsonOf(message));
    if (data) serve(data).catch(onFailure);
  });
}
