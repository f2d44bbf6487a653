import { z } from "zod";
import { cameraIdSchema } from "../messages/common.ts";
import type { Store } from "../store/store.ts";

/**
 * The streams that somebody wants to see, besides the configured cameras: one entry of the store each and owner,
 * `tmon:cameras:{owner}:{cameraId}`. Entries survive a detector; those of an owner that is gone expire.
 *
 * A URL stands there with its password, for every detector may have to open it: who can read the store can read
 * it, as with the frames themselves. It goes nowhere else; screens see the status, whose URL is redacted.
 */
const wantedStreamSchema = z.looseObject({
  cameraId: cameraIdSchema,
  url: z.string(),
  owner: z.string(),
  since: z.number(),
});
export type WantedStream = z.output<typeof wantedStreamSchema>;

const prefix = "tmon:cameras:";
/** An owner that does not say again within this time, ms, that it wants a stream is gone. */
export const wantedTtlMs = 15_000;
export const wantedRenewEveryMs = 5000;

const keyOf = ({ owner, cameraId }: Pick<WantedStream, "owner" | "cameraId">) =>
  `${prefix}${owner}:${cameraId}`;

export async function wantStream(store: Pick<Store, "set">, stream: WantedStream): Promise<void> {
  await store.set(keyOf(stream), JSON.stringify(stream), { ttlMs: wantedTtlMs });
}

export async function unwantStream(
  store: Pick<Store, "delete">,
  stream: Pick<WantedStream, "owner" | "cameraId">,
): Promise<void> {
  await store.delete(keyOf(stream));
}

/** Each is an ffmpeg and a share of the VLM: what comes after so many is not heard. */
export const mostWanted = 200;

/** By camera, the first ones. Of owners that name different URLs the first is heard. */
export async function readWantedStreams(store: Pick<Store, "list">): Promise<Map<string, WantedStream>> {
  const entries = await store.list(prefix);
  const streams = entries.flatMap(
    ({ value }) => wantedStreamSchema.safeParse(JSON.parse(`${value}`)).data ?? [],
  );
  const wanted = new Map<string, WantedStream>();
  for (const stream of streams.sort((a, b) => (isBefore(a, b) ? -1 : 1)))
    if (!wanted.has(stream.cameraId) && wanted.size < mostWanted) wanted.set(stream.cameraId, stream);
  return wanted;
}

function isBefore(a: WantedStream, b: WantedStream): boolean {
  return a.since < b.since || (a.since === b.since && a.owner < b.owner);
}
