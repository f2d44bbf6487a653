/** Takes user:password out of any URL in a text, and anything that looks like an API key. */
export function redact(text: string): string {
  return text
    .replace(/([a-z][a-z0-9+.-]*:\/\/)[^\s/@]+@/gi, "$1…@")
    .replace(/\bsk-[A-Za-z0-9_-]{8,}/g, "sk-…");
}
