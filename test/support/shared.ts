import { fileURLToPath } from "node:url";

/** A file of the shared folder beside the checkout: real video, model, the seed's files. Never committed. */
export function sharedFile(path: string): string {
  return fileURLToPath(new URL(`../../../shared/${path}`, import.meta.url));
}
