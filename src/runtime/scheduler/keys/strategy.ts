import type { SchedulerConfig } from "../../../config/config.ts";
import type { KeyState } from "./key-state.ts";

/** Picks one of at least one key that may be used now. */
export type Strategy = (candidates: readonly KeyState[]) => KeyState;

export function createStrategy(name: SchedulerConfig["strategy"]): Strategy {
  return strategies[name]();
}

const strategies: Record<SchedulerConfig["strategy"], () => Strategy> = {
  /** The one whose turn was longest ago. */
  round_robin: () => {
    const turn = createTurns();
    return (candidates) => turn.taken(least(candidates, turn.of));
  },

  /** The one with the fewest calls in flight; among equals in turn. */
  least_loaded: () => {
    const turn = createTurns();
    return (candidates) => {
      const fewest = Math.min(...candidates.map((key) => key.inFlight()));
      const idlest = candidates.filter((key) => key.inFlight() === fewest);
      return turn.taken(least(idlest, turn.of));
    };
  },

  /** In proportion to their weights, evenly spread. Source: nginx's smooth weighted round robin. */
  weighted: () => {
    const credits = new WeakMap<KeyState, number>();
    return (candidates) => {
      let total = 0;
      for (const key of candidates) {
        const { weight } = key.config;
        credits.set(key, (credits.get(key) ?? 0) + weight);
        total += weight;
      }
      const chosen = least(candidates, (key) => -(credits.get(key) ?? 0));
      credits.set(chosen, (credits.get(chosen) ?? 0) - total);
      return chosen;
    };
  },
};

function createTurns() {
  const turns = new WeakMap<KeyState, number>();
  let last = 0;
  return {
    of: (key: KeyState) => turns.get(key) ?? 0,
    taken(key: KeyState): KeyState {
      last += 1;
      turns.set(key, last);
      return key;
    },
  };
}

function least(keys: readonly KeyState[], value: (key: KeyState) => number): KeyState {
  return keys.reduce((best, key) => (value(key) < value(best) ? key : best));
}
