import { messageOf } from "../errors.ts";
import { say } from "./output.ts";

/** Releasing may hang on what is broken. */
const releaseWithinMs = 5_000;

type Release = () => Promise<void>;
const releases = new Set<Release>();

/** What must be closed before a crash may end the process: an exit amid a write is a kill (lmdb/exit-guard.ts). */
export function releaseOnCrash(release: Release): () => void {
  releases.add(release);
  return () => releases.delete(release);
}

/** Rejects, once everything is released, with the first error of the process that nobody caught. */
export async function crash(): Promise<never> {
  const error = await new Promise<unknown>((resolve) => {
    process.on("uncaughtException", resolve);
    process.on("unhandledRejection", resolve);
  });
  const expired = new Promise<void>((resolve) => setTimeout(resolve, releaseWithinMs));
  const released = Promise.all([...releases].map((release) => release()));
  await Promise.race([released, expired]).catch((also) =>
    say(`tmon: closing failed too: ${messageOf(also)}`),
  );
  throw error;
}
