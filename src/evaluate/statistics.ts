/** The exact 95 % interval of a share: `successes` out of `total`. */
export type Interval = (successes: number, total: number) => readonly [lower: number, upper: number];

/**
 * Clopper and Pearson 1934. Each bound is that of a one-sided test at 2.5 %: the two-sided test's own p-value would
 * cost a sum over all outcomes. Loaded when asked, since the library takes 90 ms.
 */
export async function clopperPearson(): Promise<Interval> {
  const { default: binomialTest } = await import('@stdlib/stats-binomial-test');
  const bounds = (alternative: 'greater' | 'less', successes: number, total: number) =>
    binomialTest(successes, total, { alternative, alpha: 0.025 }).ci;
  return (successes, total) => {
    if (total === 0) return [0, 1];
    const [lower = 0] = bounds('greater', successes, total);
    const [, upper = 1] = bounds('less', successes, total);
    return [lower, upper];
  };
}

/** What an interval says about a floor. */
export function against(floor: number, [lower, upper]: readonly [number, number]): 'held' | 'missed' | 'inconclusive' {
  if (lower >= floor) return 'held';
  return upper < floor ? 'missed' : 'inconclusive';
}

/** The least number of samples at which the same share would settle the floor; undefined above ten million. */
export function samplesToDecide(share: number, floor: number, interval: Interval): number | undefined {
  return leastThatDecides((n) => against(floor, interval(Math.round(share * n), n)) !== 'inconclusive');
}

/** The least number of samples, from `start` on, that decides, where every larger one does; undefined above ten million. */
export function leastThatDecides(decided: (samples: number) => boolean, start = 16): number | undefined {
  let high = start;
  while (!decided(high)) if ((high *= 2) > 1e7) return undefined;
  let low = high / 2;
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (decided(middle)) high = middle;
    else low = middle;
  }
  return high;
}
