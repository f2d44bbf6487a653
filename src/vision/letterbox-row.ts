/** What letterbox-row.wat exports; the parameters are explained there. */
export interface LetterboxRow {
  readonly memory: { readonly buffer: ArrayBuffer; grow(pages: number): number };
  resampleRow(
    column: number,
    columnsEnd: number,
    above: number,
    below: number,
    aboveWeight: number,
    belowWeight: number,
    blue: number,
    plane: number,
  ): void;
}

/** One with a memory of its own. */
export function openLetterboxRow(): LetterboxRow {
  const module = new WebAssembly.Module(Buffer.from(letterboxRowBase64, "base64"));
  return new WebAssembly.Instance(module).exports as LetterboxRow;
}

/** Node's types leave this to the DOM's. */
declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object) => { readonly exports: unknown };
};

/** letterbox-row.wat as a WebAssembly module; a test assembles it again and compares. */
export const letterboxRowBase64 = [
  "AGFzbQEAAAABDAFgCH9/f399fX9/AAMCAQAFAwEAAQcYAgZtZW1vcnkCAAtyZXNhbXBsZVJvdwAACuQBAeEBAgN/AnsgBiAHaiEI",
  "IAggB2ohCQNAIAAoAgAhCiAA/QkCBCELIAT9EyALIAIgCmr9XQMA/QwAAAAAAAAAAAAAAAAAAAAA/Q0AEAMQARAEEAIQBRAGEAcQ",
  "/boB/foB/eYBIAX9EyALIAMgCmr9XQMA/QwAAAAAAAAAAAAAAAAAAAAA/Q0AEAMQARAEEAIQBRAGEAcQ/boB/foB/eYB/eQBIQwg",
  "CSAM/VoCAAAgCCAM/VoCAAEgBiAM/VoCAAIgCUEEaiEJIAhBBGohCCAGQQRqIQYgAEEIaiEAIAAgAUkNAAsL",
].join("");
