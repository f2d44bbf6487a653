import { readFileSync } from "node:fs";

/** tmon's version, as package.json says; the file lies two folders up from src/ and dist/ alike. */
export const version: string = JSON.parse(
  readFileSync(new URL("../../package.json", import.meta.url), "utf8"),
).version;
