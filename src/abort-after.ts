/**
 * Aborts after `ms`, as AbortSignal.timeout does. That one may be collected as garbage before, where it is only part of
 * an AbortSignal.any, and then never aborts [Node 20].
 */
export function abortAfter(ms: number): AbortSignal {
  const late = new AbortController();
  const reason = new DOMException("The operation was aborted due to timeout", "TimeoutError");
  setTimeout(() => late.abort(reason), ms).unref();
  return late.signal;
}
