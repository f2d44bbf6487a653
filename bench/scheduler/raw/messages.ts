/** The bare loop, and what cannot be left out: each task is read, its body written, its answer read, its result written. */
import { createBareAssess } from "./assess.ts";
import type { BareOptions } from "./bare.ts";
import { optionsOf, serveRounds } from "./side.ts";
import { taskMessage } from "./tasks.ts";

const { provider, open } = optionsOf<BareOptions>();
const { assess, close } = createBareAssess(provider);
const values: Buffer[] = [];

serveRounds(async (count) => {
  let left = count;
  await Promise.all(
    Array.from({ length: open }, async () => {
      while (left-- > 0) {
        const { value } = taskMessage(left, values.pop());
        await assess(value);
        values.push(value);
      }
    }),
  );
  return open;
}, close);
