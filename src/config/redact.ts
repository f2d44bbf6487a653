/** Names of settings whose values nobody may read: `api_key`, `sasl_password`, `tokens`, `Authorization`. */
export function isSecretName(name: string): boolean {
  return /(^|[_-])(keys?|tokens?|passwords?|secrets?|authorization)$/i.test(name);
}

/**
 * A text fit to be shown: without what stands before the host in a URL, without secrets among a URL's options,
 * without API keys. A password may hold / and @, so that everything up to the last @ goes.
 */
export function redact(text: string): string {
  return text
    .replace(/([a-z][a-z0-9+.-]*:\/\/)[^\s"]*@/gi, "$1…@")
    .replace(
      /((?:pass|password|passwd|passphrase|pwd|psw|token|secret|key|auth|signature)=)[^\s"&#]+/gi,
      "$1…",
    )
    .replace(/\bsk-[A-Za-z0-9_-]{8,}/g, "sk-…");
}

/** The same of a text that is one value and may be a URL: whatever stands before its last @ may be a password. */
export function redactValue(text: string): string {
  return redact(text.replace(/^([a-z][a-z0-9+.-]*:\/\/)?.*@/is, "$1…@"));
}
