const kept = 100;
const enough = 20;

/**
 * How many tokens a model's calls really use, of the most we reckon they may: the largest ratio of the last 100
 * calls, so that what is reserved stays an upper bound.
 */
export function createTokenRatios() {
  const models = new Map<string, number[]>();
  return {
    of(model: string): number {
      const ratios = models.get(model) ?? [];
      return ratios.length < enough ? 1 : Math.max(...ratios);
    },
    /** @param most what was reckoned, before the ratio was applied */
    note(model: string, used: number, most: number): void {
      if (most <= 0) return;
      const ratios = models.get(model) ?? [];
      ratios.push(used / most);
      if (ratios.length > kept) ratios.shift();
      models.set(model, ratios);
    },
  };
}

export type TokenRatios = ReturnType<typeof createTokenRatios>;
