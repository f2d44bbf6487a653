import { instantiate } from "../../../web-assembly.ts";

/** What texture.wat exports; the parameters are explained there. */
export interface Texture {
  readonly memory: { readonly buffer: ArrayBuffer };
  addNoise(
    sums: number,
    xs: number,
    ys: number,
    count: number,
    scale: number,
    seed: number,
    strength: number,
  ): void;
}

/** One with 64 KiB of memory of its own. */
export const openTexture = () => instantiate<Texture>(textureBase64);

/** texture.wat as a WebAssembly module; a test assembles it again and compares. */
export const textureBase64 = [
  "AGFzbQEAAAABEAJgB39/f398f3wAYAF7AXsDAwIAAQUDAQABBxUCBm1lbW9yeQIACGFkZE5vaXNlAAAKuQQChAQCAX8Le/0MAAAAAAAAAAAB",
  "AAAAAAAAACEKIAAgA0EDdGohBwNAIAIgAf1dAwD9VwMAASAE/RT98gEhCCAI/XUhCSAIIAn98QEhCCAIIAj98gH9DAAAAAAAAAhAAAAAAAAA",
  "CED9DAAAAAAAAABAAAAAAAAAAEAgCP3yAf3xAf3yASEO/QwAAAAAAADwPwAAAAAAAPA/IA798QEhDyAJ/fwBIQkgCSAK/VH9UwRAIAkhCiAJ",
  "/RsA/RH9DAAAAAABAAAAAAAAAAEAAAD9rgFBrdbTvgL9Ef21ASAJ/RsB/RH9DAAAAAAAAAAAAQAAAAEAAAD9rgFBsc/ZsgH9Ef21Af1RIAX9",
  "Ef1RIQsgCyALQQ/9rQH9UUHrlK+veP0R/bUBIQsgCyALQQ39rQH9UUG13MqVfP0R/bUBIQsgCyALQRD9rQH9USELIAsQASEMIAsgC/0NCAkK",
  "CwwNDg8ICQoLDA0ODxABIQ0LIA8gDv0NAAECAwQFBgcQERITFBUWFyEQIAwgEP3yASERIA0gEP3yASESIBEgEv0NAAECAwQFBgcQERITFBUW",
  "FyARIBL9DQgJCgsMDQ4PGBkaGxwdHh/98AEhESAAIAArAwAgBiAR/SEAIA/9IQGiIBH9IQEgDv0hAaKgoqA5AwAgAUEIaiEBIAJBCGohAiAA",
  "QQhqIQAgACAHSQ0ACwsxACAA/f8B/QwAAAAAAAAAPgAAAAAAAAA+/fIB/QwAAAAAAADwPwAAAAAAAPA//fEBCw==",
].join("");
