/** The least that can be done: undici posts bodies that were built before and reads the answers. */
import { bodiesOf, createPoster } from "./assess.ts";
import { optionsOf, serveRounds } from "./side.ts";
import { taskMessage } from "./tasks.ts";

export interface BareOptions {
  /** Base URL. */
  provider: string;
  /** Requests at once. */
  open: number;
}

const { provider, open } = optionsOf<BareOptions>();
const { post, close } = createPoster(provider);
const bodies = bodiesOf(Array.from({ length: 64 }, (_, index) => taskMessage(index).value));

serveRounds(async (count) => {
  let left = count;
  await Promise.all(
    Array.from({ length: open }, async () => {
      while (left-- > 0) await post(bodies[left % bodies.length]!);
    }),
  );
  return open;
}, close);
