import { instantiate } from "../../../web-assembly.ts";

/** What raster.wat exports; the parameters are explained there. */
export interface Raster {
  readonly memory: { readonly buffer: ArrayBuffer; grow(pages: number): number };
  fillSolid(
    row: number,
    rowsEnd: number,
    width: number,
    spans: number,
    plane: number,
    still: number,
    origin: number,
    perColumn: number,
    perRow: number,
    colour: number,
    id: number,
    base: number,
  ): void;
  brighten(pixel: number, still: number, count: number, light: number): void;
  average(pixel: number, pixelsEnd: number, sample: number, row: number, plane: number, base: number): void;
}

const pageBytes = 65_536;

/** One with so many bytes of memory of its own, and some to read past the end. */
export function openRaster(bytes: number): Raster {
  const raster = instantiate<Raster>(rasterBase64);
  raster.memory.grow(Math.ceil((bytes + 16) / pageBytes));
  return raster;
}

/** raster.wat as a WebAssembly module; a test assembles it again and compares. */
export const rasterBase64 = [
  "AGFzbQEAAAABMwVgDH9/f39/f3x8fH9/fwBgCn9/f39/fHx/f38AYAR/f39/AGAGf39/f39/AGACe3sBewMGBQABAgMEBQMBAAAHKwQGbWVt",
  "b3J5AgAJZmlsbFNvbGlkAAAIYnJpZ2h0ZW4AAgdhdmVyYWdlAAMKqgkFjQEBAn8DQCADIABBA3RqKAIAIQwgAyAAQQN0aigCBCENIAwgDUgE",
  "QCAAIAJsIAxqQQJ0IAQgBSAAQQF2IAJsIAxBfnFqaiAMQQFxIA0gDGsgBiAHIAy3RAAAAAAAAOA/oKKgIAggALdEAAAAAAAA4D+goqAgByAJ",
  "IAogCxABCyAAQQFqIQAgACABSA0ACwuZBAICfwd7IAAgAWohCiAKIAFqIQsgBP0R/QwAAAAAAQAAAAIAAAADAAAA/bEBIQwDQCAF/RQhDSAF",
  "IAagIQUgDSAF/SIBIQ0gBSAGoCEFIAX9FCEOIAUgBqAhBSAOIAX9IgEhDiAFIAagIQUgC/0ABAAhDyAK/QAEACEQIAL9XQMA/akBIREgAwR7",
  "IBEgEf0NAAECAwQFBgcEBQYHCAkKCwUgESAR/Q0AAQIDAAECAwQFBgcEBQYHCyERIBH9DAEAAAABAAAAAQAAAAEAAAD9sQEhESAM/QwAAAAA",
  "AAAAAAAAAAAAAAAA/TsgDSAQ/V/9SiAOIBAgEP0NCAkKCwwNDg8ICQoLDA0OD/1f/Ur9DQABAgMICQoLEBESExgZGhsgDf0MAAAAAMD/30AA",
  "AAAAwP/fQP3yASAR/f4B/UwgDv0MAAAAAMD/30AAAAAAwP/fQP3yASARIBH9DQgJCgsMDQ4PCAkKCwwNDg/9/gH9TP0NAAECAwgJCgsQERIT",
  "GBkaGyAPIAn9Ef07/VL9TiESIAAgB/0RIAD9AAQAIBL9Uv0LBAAgCiAN/V4gDv1e/Q0AAQIDBAUGBxAREhMUFRYXIBAgEv1S/QsEACALIAj9",
  "ESAPIBL9Uv0LBAAgAEEQaiEAIApBEGohCiALQRBqIQsgAkEEaiECIAz9DAQAAAAEAAAABAAAAAQAAAD9sQEhDCAM/RsAQQBKDQALC5wBAQF7",
  "IAL9Ef0MAAAAAAEAAAACAAAAAwAAAP2xASEEA0AgACAA/QAEACAD/REgBP0MAAAAAAAAAAAAAAAAAAAAAP07IAH9XQMA/akB/QwAAAAAAAAA",
  "AAAAAAAAAAAA/Tf9Tv1O/XD9CwQAIABBEGohACABQQhqIQEgBP0MBAAAAAQAAAAEAAAABAAAAP2xASEEIAT9GwBBAEoNAAsLiAICA38HeyAF",
  "/REhCSACIANqIQYgAiAEQQF0aiEHIAcgA2ohCANAIAf9AAQAIAn9PyEMIAf9AAQQIAn9PyENIAj9AAQAIAn9PyEOIAj9AAQQIAn9PyEPIAwg",
  "Df1QIA4gD/1Q/VD9UwRAIAD9AAQAIQogCiAK/Q0ICQoLCAkKCwwNDg8MDQ4PIQsgCiAK/Q0AAQIDAAECAwQFBgcEBQYHIQogACAC/QAEACAK",
  "IAz9UiAG/QAEACAKIA79UhAEIAL9AAQQIAsgDf1SIAb9AAQQIAsgD/1SEAT9Zv0LBAALIAJBIGohAiAGQSBqIQYgB0EgaiEHIAhBIGohCCAA",
  "QRBqIQAgACABSQ0ACwtWAQJ7IAD9iQEgAf2JAf2OASECIAD9igEgAf2KAf2OASEDIAIgA/0NAAECAwQFBgcQERITFBUWFyACIAP9DQgJCgsM",
  "DQ4PGBkaGxwdHh/9jgFBAv2NAQs=",
].join("");
