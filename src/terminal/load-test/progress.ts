import type { Sample } from "../../runtime/load-test/samples.ts";
import { counted } from "../counted.ts";
import { liveLine } from "../live-line.ts";
import { say } from "../output.ts";
import { formatAge } from "../time.ts";

/** Where nobody looks on, a line this often is enough. */
const lineEverySamples = 10;

/** How the run goes, on stderr: one line that changes on a terminal, elsewhere one now and then. */
export function showProgress(): { show(sample: Sample): void; end(): void } {
  const { isTTY } = process.stderr;
  let shown = 0;
  return {
    show(sample) {
      shown += 1;
      if (isTTY) liveLine.show(lineOf(sample));
      else if (shown % lineEverySamples === 1) say(`tmon: ${lineOf(sample)}`);
    },
    end: liveLine.end,
  };
}

function lineOf({ atMs, rate, sent, results, pushed, open, lag }: Sample): string {
  return `${formatAge(atMs)}: ${Math.round(rate)}/s, ${sent} sent, ${counted(results, "result")}, ${pushed} pushed, ${open} open, lag ${lag}`;
}
