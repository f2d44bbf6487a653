import { effect, type Signal, signal } from "@preact/signals";
import type { Language } from "../../../config/language.ts";

/** auto: as the system has it. */
export type Theme = "auto" | "light" | "dark";
export const themes: readonly Theme[] = ["auto", "dark", "light"];

/** What the user chose is kept in this browser; the server's language is where it starts. */
export const theme = kept<Theme>("tmon.theme", "auto", themes);
export const language = kept<Language>("tmon.language", serversLanguage(), ["zh", "en"]);

effect(() => {
  document.documentElement.dataset.theme = theme.value;
});
effect(() => {
  document.documentElement.lang = language.value === "zh" ? "zh-CN" : "en";
});

function serversLanguage(): Language {
  return document.documentElement.lang.startsWith("zh") ? "zh" : "en";
}

function kept<T extends string>(key: string, initial: T, allowed: readonly T[]): Signal<T> {
  const stored = read(key) as T;
  const choice = signal(allowed.includes(stored) ? stored : initial);
  let first = true;
  effect(() => {
    const { value } = choice;
    if (!first) write(key, value);
    first = false;
  });
  return choice;
}

// A browser may refuse to keep anything.
function read(key: string): string | null {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

function write(key: string, value: string): void {
  try {
    localStorage.setItem(key, value);
  } catch {}
}
