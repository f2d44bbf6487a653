/** How many calls under a limit may be reserved at a time: a group's, a key's own, that of all keys. */
export interface Reserving {
  mayBegin(): boolean;
  begin(): void;
  /** Undefined where something else refused it. */
  ended(granted: boolean | undefined): void;
}

/**
 * One at a time after a refusal, twice as many with each grant: where a window is full, everybody who waits for room
 * would ask for the one call that there is room for, and the store would do little else.
 */
export function createReserving(): Reserving {
  let most = 1;
  let open = 0;
  return {
    mayBegin: () => open < most,
    begin() {
      open += 1;
    },
    ended(granted) {
      open -= 1;
      if (granted !== undefined) most = granted ? Math.min(2 * most, Number.MAX_SAFE_INTEGER) : 1;
    },
  };
}
