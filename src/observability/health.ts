/** What /livez and /readyz answer: each part of a process reports by name. */
export interface Health {
  /** `trouble` says why the part is not ready, or undefined. */
  readiness(name: string, trouble: () => string | undefined): void;
  /** `trouble` says what is going wrong while the part still works, or undefined. */
  warning(name: string, trouble: () => string | undefined): void;
  /** `stuckSince` is the epoch ms since which there is work and no progress, or undefined. */
  liveness(name: string, stuckSince: () => number | undefined): void;
  notReady(): Reason[];
  warnings(): Reason[];
  notLive(now: number): Reason[];
}

export interface Reason {
  name: string;
  reason: string;
}

/** A role is stuck when it has work and made no progress for this long. */
const stuckAfterMs = 60_000;

export function createHealth(): Health {
  const readinessChecks = new Map<string, () => string | undefined>();
  const warningChecks = new Map<string, () => string | undefined>();
  const livenessChecks = new Map<string, () => number | undefined>();
  return {
    readiness: (name, trouble) => void readinessChecks.set(name, trouble),
    warning: (name, trouble) => void warningChecks.set(name, trouble),
    liveness: (name, stuckSince) => void livenessChecks.set(name, stuckSince),
    notReady: () => troublesOf(readinessChecks),
    warnings: () => troublesOf(warningChecks),
    notLive: (now) =>
      [...livenessChecks].flatMap(([name, stuckSince]) => {
        const since = stuckSince();
        const seconds = since === undefined ? 0 : Math.round((now - since) / 1000);
        return seconds * 1000 < stuckAfterMs ? [] : [{ name, reason: `no progress for ${seconds} s` }];
      }),
  };
}

function troublesOf(checks: ReadonlyMap<string, () => string | undefined>): Reason[] {
  return [...checks].flatMap(([name, trouble]) => {
    const reason = trouble();
    return reason === undefined ? [] : [{ name, reason }];
  });
}
