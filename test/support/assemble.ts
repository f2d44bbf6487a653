import { readFile } from "node:fs/promises";
import openWabt from "wabt";

/** A WebAssembly text, as base64 of its module. */
export async function assemble(source: URL): Promise<string> {
  const { parseWat } = await openWabt();
  const { buffer } = parseWat(source.pathname, await readFile(source, "utf8"), { simd: true }).toBinary({});
  return Buffer.from(buffer).toString("base64");
}
