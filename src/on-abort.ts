const listening = new WeakMap<AbortSignal, Set<() => void>>();

/**
 * Calls the listener when the signal is aborted; the answer takes it back. For signals that thousands of calls listen
 * to at once: addEventListener and removeEventListener look through all of them.
 */
export function onAbort(signal: AbortSignal, listener: () => void): () => void {
  const listeners = listening.get(signal) ?? listenTo(signal);
  listeners.add(listener);
  return () => void listeners.delete(listener);
}

function listenTo(signal: AbortSignal): Set<() => void> {
  const listeners = new Set<() => void>();
  listening.set(signal, listeners);
  const tellAll = () => {
    for (const listener of listeners) listener();
  };
  signal.addEventListener("abort", tellAll, { once: true });
  return listeners;
}
