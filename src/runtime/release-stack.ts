/** Undoes start-up in reverse: what was opened last is closed first, and each only once. */
export interface ReleaseStack {
  add(release: () => Promise<void> | void): void;
  /** Runs every release, also when one fails; then throws the first failure. */
  run(): Promise<void>;
}

export function createReleaseStack(): ReleaseStack {
  const releases: (() => Promise<void> | void)[] = [];
  return {
    add: (release) => void releases.push(release),
    async run() {
      const failures: unknown[] = [];
      for (let release = releases.pop(); release; release = releases.pop()) {
        try {
          await release();
        } catch (error) {
          failures.push(error);
        }
      }
      if (failures.length > 0) throw failures[0];
    },
  };
}
