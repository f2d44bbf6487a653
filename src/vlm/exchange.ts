import type { Agent, Dispatcher } from "undici";
import { jsonOf } from "../messages/json.ts";
import { onAbort } from "../on-abort.ts";
import type { HttpResponse } from "./response.ts";

/** The call was let go before anything of it was sent. */
export class NotSent extends Error {
  override readonly name = "NotSent";
}

/** There was no whole response in time. */
export class TimedOut extends Error {
  override readonly name = "TimedOut";
}

export interface HttpRequest {
  origin: string;
  path: string;
  method: "GET" | "POST";
  headers: Record<string, string>;
  body?: Buffer;
}

export interface ExchangeOptions {
  signal: AbortSignal;
  /** For the whole of it, connecting and reading included. */
  timeoutMs: number;
  /** Asked when a connection is ready and the request is about to be written. */
  maySend?: (() => boolean) | undefined;
}

/**
 * A request and its whole response. undici's handlers rather than its request(), because they alone say when
 * a request goes on the wire: it may have waited for a connection.
 * Rejects with NotSent, TimedOut, the signal's reason, or undici's error.
 */
export function exchange(
  agent: Agent,
  request: HttpRequest,
  options: ExchangeOptions,
): Promise<HttpResponse> {
  const { signal, timeoutMs, maySend = () => true } = options;
  return new Promise((resolve, reject) => {
    signal.throwIfAborted();
    let abortCall: ((reason: Error) => void) | undefined;
    let status = 0;
    let headers: HttpResponse["headers"] = {};
    const chunks: Buffer[] = [];
    const timer = setTimeout(() => giveUp(new TimedOut(`no response within ${timeoutMs} ms`)), timeoutMs);
    const forget = onAbort(signal, () => giveUp(signal.reason));
    let ended = false;

    function end(): void {
      ended = true;
      clearTimeout(timer);
      forget();
    }

    function giveUp(reason: Error): void {
      end();
      reject(reason);
      abortCall?.(reason);
    }

    const handler: Dispatcher.DispatchHandler = {
      onRequestStart(controller) {
        // Thrown, not aborted: the connection stays for the next call.
        if (ended || !maySend()) throw new NotSent("the call was not sent");
        abortCall = (reason) => controller.abort(reason);
      },
      onResponseStart(_, code, fields) {
        status = code;
        headers = fields;
      },
      onResponseData(_, chunk) {
        chunks.push(chunk);
      },
      onResponseEnd() {
        end();
        const text = Buffer.concat(chunks).toString("utf8");
        resolve({ status, headers, text, json: jsonOf(text) });
      },
      onResponseError(_, error) {
        end();
        reject(error);
      },
    };
    // In a turn of its own: where a request is let go, undici calls its connection free only after the microtasks
    // before, even if one of these gave it to another call. What came next would wait behind that one.
    setImmediate(() => agent.dispatch(request, handler));
  });
}
