import { instantiate } from "../web-assembly.ts";

/** base64.wat as a WebAssembly module; a test assembles it again and compares. */
export const base64ModuleBase64 = [
  "AGFzbQEAAAABBgFgAX8BfwMCAQAFAwEAAQcXAgZtZW1vcnkCAAppc0FscGhhYmV0AAAKZQFjAgF/AntBf/0PIQMCQANAIAEgAE8NASAB",
  "/QAEACECIAMgAkEg/Q/9UEHhAP0P/XFBGv0P/SYgAkEv/Q/9cUEL/Q/9JiACQSv9D/0j/VD9UP1OIQMgAUEQaiEBDAALCyAD/WML",
].join("");

const blockBytes = 16;
const exported = instantiate<{ memory: { buffer: ArrayBuffer }; isAlphabet(end: number): number }>(
  base64ModuleBase64,
);
const memory = new Uint8Array(exported.memory.buffer);
const utf8 = new TextEncoder();
const [letterA, equals] = [0x41, 0x3d];

/**
 * True for plain base64, padded, without blanks; of a text or of its bytes. Every role checks every picture: decoding it
 * would take three times as long, and leave a copy or two to the garbage collector.
 */
export function isBase64(base64: string | Uint8Array): boolean {
  const { length } = base64;
  if (length % 4 !== 0) return false;
  const end = length - paddingOf(base64);
  for (let at = 0; at < end; at += memory.length)
    if (!isOfAlphabet(base64, at, Math.min(end, at + memory.length))) return false;
  return true;
}

function paddingOf(base64: string | Uint8Array): number {
  const isPadding = (place: number) =>
    typeof base64 === "string" ? base64.charCodeAt(place) === equals : base64[place] === equals;
  const last = base64.length - 1;
  if (!isPadding(last)) return 0;
  return isPadding(last - 1) ? 2 : 1;
}

function isOfAlphabet(base64: string | Uint8Array, start: number, end: number): boolean {
  const length = end - start;
  if (typeof base64 !== "string") memory.set(base64.subarray(start, end));
  // More bytes than characters, or fewer where they did not fit: not ASCII.
  else if (utf8.encodeInto(base64.slice(start, end), memory).written !== length) return false;
  const blocksEnd = Math.ceil(length / blockBytes) * blockBytes;
  memory.fill(letterA, length, blocksEnd);
  return exported.isAlphabet(blocksEnd) === 1;
}
