import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** A file of the shared folder beside the checkout: real video, model, the seed's files. Never committed. */
export function sharedFile(path: string): string {
  const file = fileURLToPath(new URL(`../../../shared/${path}`, import.meta.url));
  if (!existsSync(file) && process.env.TMON_TEST_REQUIRE === "all") throw new Error(`${file} is missing`);
  return file;
}
