/** What /livez and /readyz answer: each part of a process reports by name. */
export interface Health {
  /** `trouble` says why the part is not ready, or undefined. */
  readiness(name: string, trouble: () => string | undefined): void;
  /** `stuckSince` is the epoch ms since which there is work and no progress, or undefined. */
  liveness(name: string, stuckSince: () => number | undefined): void;
  notReady(): { name: string; reason: string }[];
  notLive(now: number): { name: string; reason: string }[];
}

/** A role is stuck when it has work and made no progress for this long. */
const stuckAfterMs = 60_000;

export function createHealth(): Health {
  const readinessChecks = new Map<string, () => string | undefined>();
  const livenessChecks = new Map<string, () => number | undefined>();
  return {
    readiness: (name, trouble) => void readinessChecks.set(name, trouble),
    liveness: (name, stuckSince) => void livenessChecks.set(name, stuckSince),
    notReady: () =>
      [...readinessChecks].flatMap(([name, trouble]) => {
        const reason = trouble();
        return reason === undefined ? [] : [{ name, reason }];
      }),
    notLive: (now) =>
      [...livenessChecks].flatMap(([name, stuckSince]) => {
        const since = stuckSince();
        const seconds = since === undefined ? 0 : Math.round((now - since) / 1000);
        return seconds * 1000 < stuckAfterMs ? [] : [{ name, reason: `no progress for ${seconds} s` }];
      }),
  };
}
