import { instantiate } from "../web-assembly.ts";

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
export const openLetterboxRow = () => instantiate<LetterboxRow>(letterboxRowBase64);

/** letterbox-row.wat as a WebAssembly module; a test assembles it again and compares. */
export const letterboxRowBase64 = [
  "AGFzbQEAAAABDAFgCH9/f399fX9/AAMCAQAFAwEAAQcYAgZtZW1vcnkCAAtyZXNhbXBsZVJvdwAACuQBAeEBAgN/AnsgBiAHaiEI",
  "IAggB2ohCQNAIAAoAgAhCiAA/QkCBCELIAT9EyALIAIgCmr9XQMA/QwAAAAAAAAAAAAAAAAAAAAA/Q0AEAMQARAEEAIQBRAGEAcQ",
  "/boB/foB/eYBIAX9EyALIAMgCmr9XQMA/QwAAAAAAAAAAAAAAAAAAAAA/Q0AEAMQARAEEAIQBRAGEAcQ/boB/foB/eYB/eQBIQwg",
  "CSAM/VoCAAAgCCAM/VoCAAEgBiAM/VoCAAIgCUEEaiEJIAhBBGohCCAGQQRqIQYgAEEIaiEAIAAgAUkNAAsL",
].join("");
