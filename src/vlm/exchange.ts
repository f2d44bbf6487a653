import type { Agent } from "undici";
import type { HttpResponse } from "./response.ts";

/** The call was let go before anything of it was sent. */
export class NotSent extends Error {
  override readonly name = "NotSent";
}

export interface ExchangeOptions {
  url: URL;
  headers: Record<string, string>;
  body: string;
  signal: AbortSignal;
  /** Asked when a connection is ready and the request is about to be written. */
  maySend: () => boolean;
}

/**
 * One POST and its whole response. undici's handlers rather than its request(), because they alone say when
 * a request goes on the wire: it may have waited for a connection.
 * Rejects with NotSent, the signal's reason, or undici's error.
 */
export function exchange(agent: Agent, options: ExchangeOptions): Promise<HttpResponse> {
  const { url, headers, body, signal, maySend } = options;
  const { origin, pathname, search } = url;
  return new Promise((resolve, reject) => {
    let abortCall = () => {};
    let response: Omit<HttpResponse, "text"> = { status: 0, headers: {} };
    const chunks: Buffer[] = [];
    const abort = () => {
      reject(signal.reason);
      abortCall();
    };
    const end = () => signal.removeEventListener("abort", abort);
    signal.addEventListener("abort", abort);

    // In a turn of its own: where a request is let go, undici calls its connection free only after the microtasks
    // before, even if one of these gave it to another call. What came next would wait behind that one.
    setImmediate(() =>
      agent.dispatch(
        { origin, path: `${pathname}${search}`, method: "POST", headers, body },
        {
          onRequestStart(controller) {
            // Thrown, not aborted: the connection stays for the next call.
            if (signal.aborted || !maySend()) throw new NotSent("the call was not sent");
            abortCall = () => controller.abort(signal.reason);
          },
          onResponseStart(_, status, responseHeaders) {
            response = { status, headers: responseHeaders };
          },
          onResponseData(_, chunk) {
            chunks.push(chunk);
          },
          onResponseEnd() {
            end();
            resolve({ ...response, text: Buffer.concat(chunks).toString("utf8") });
          },
          onResponseError(_, error) {
            end();
            reject(error);
          },
        },
      ),
    );
  });
}
