import { createOutage } from "../observability/outage.ts";
import type { RoleContext } from "../runtime/role.ts";
import { createPace, type Pace } from "./pace.ts";
import type { SystemFigures } from "./screen-messages.ts";
import { systemFigures } from "./system-figures.ts";

const everyMs = 2_000;

export interface SystemNews {
  /** Starts to look, unless it does. */
  watch(): void;
  /** Nobody looks any more. */
  rest(): void;
  /** Undefined while nobody looks. */
  pace(): Pace | undefined;
}

/** The system's figures every 2 s, made once for all screens, and only while there are any. */
export function createSystemNews(
  context: Pick<RoleContext, "bus" | "config" | "log" | "store">,
  tell: (figures: SystemFigures) => void,
): SystemNews {
  const { config, log, store } = context;
  let pace: Pace | undefined;
  let timer: NodeJS.Timeout | undefined;
  const outage = createOutage(log, {
    begins: "the system's figures are not to be had",
    ends: "the system's figures are to be had again",
  });

  async function look(): Promise<void> {
    const { simulatedVlm, ...roles } = await systemFigures(context);
    if (!pace) return;
    const { simulated, ...figures } = pace.figures();
    tell({
      at: store.now(),
      timezone: config.timezone,
      language: config.language,
      simulated: simulated || simulatedVlm,
      ...figures,
      ...roles,
    });
  }

  const lookAndReport = () => {
    look().then(
      () => outage.done(),
      (error) => outage.failed(error),
    );
  };

  return {
    watch() {
      if (!timer) {
        pace = createPace(store.now);
        timer = setInterval(lookAndReport, everyMs);
      }
      lookAndReport();
    },
    rest() {
      clearInterval(timer);
      timer = undefined;
      pace = undefined;
    },
    pace: () => pace,
  };
}
