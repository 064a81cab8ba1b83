/** Bounds of a share of a population, from `successes` among `total` samples: each is past the share with probability `alpha` at most. */
export interface ShareBounds {
  readonly lower: (successes: number, total: number, alpha: number) => number;
  readonly upper: (successes: number, total: number, alpha: number) => number;
}

/**
 * The exact bounds of Clopper and Pearson 1934, for a number of samples that was fixed beforehand. Loaded when asked,
 * since the library takes 90 ms.
 */
export async function exactBounds(): Promise<ShareBounds> {
  const { default: binomialTest } = await import('@stdlib/stats-binomial-test');
  return {
    lower: (successes, total, alpha) => (total === 0 ? 0 : (binomialTest(successes, total, { alternative: 'greater', alpha }).ci[0] ?? 0)),
    upper: (successes, total, alpha) => (total === 0 ? 1 : (binomialTest(successes, total, { alternative: 'less', alpha }).ci[1] ?? 1)),
  };
}
