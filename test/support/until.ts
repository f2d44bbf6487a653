import { setTimeout as delay } from "node:timers/promises";

/**
 * Waits until the condition holds; its last value is in the error when it never does. What takes a second on a machine
 * of one's own may take many where others work too.
 */
export async function until<T>(
  condition: () => T | Promise<T>,
  options: { timeoutMs?: number; what?: string } = {},
): Promise<Exclude<T, false | undefined | null>> {
  const deadline = performance.now() + (options.timeoutMs ?? 60_000);
  for (;;) {
    const value = await condition();
    if (value) return value as Exclude<T, false | undefined | null>;
    if (performance.now() > deadline)
      throw new Error(`never came true: ${options.what ?? condition} (last: ${value})`);
    await delay(10);
  }
}
