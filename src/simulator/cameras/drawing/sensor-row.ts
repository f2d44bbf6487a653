import { instantiate } from "../../../web-assembly.ts";

/** What sensor-row.wat exports; the parameters are explained there. */
export interface SensorRow {
  readonly memory: { readonly buffer: ArrayBuffer };
  exposeRow(pixel: number, pixelsEnd: number, grey: number, tint: number, to: number): void;
}

/** One with 128 KiB of memory of its own. */
export const openSensorRow = () => instantiate<SensorRow>(sensorRowBase64);

/** sensor-row.wat as a WebAssembly module; a test assembles it again and compares. */
export const sensorRowBase64 = [
  "AGFzbQEAAAABCQFgBX9/f39/AAMCAQAFAwEAAgcWAgZtZW1vcnkCAAlleHBvc2VSb3cAAAr5AQH2AQEDewNAIAD9AAQAIQUgAv1cAgAh",
  "BiAD/VwCAEEB/WwhByAGIAb9DQAAAAABAQEBAgICAgMDAwMhBiAHIAf9DQAAAAABAQEBAgICAgMDAwMhByAEIAX9iQEgBv2HAf2OASAH",
  "/YcB/QwBAAAA//8AAAEAAAD//wAA/ZUB/Y4BIAX9igEgBv2IAf2OASAH/YgB/QwBAAAA//8AAAEAAAD//wAA/ZUB/Y4B/Wb9DAAAAAAA",
  "AAAAAAAAAAAAAAD9DQABAgQFBggJCgwNDhAQEBD9CwQAIAJBBGohAiADQQRqIQMgBEEMaiEEIABBEGohACAAIAFJDQALCw==",
].join("");
