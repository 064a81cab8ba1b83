import { exactBounds } from './gates/shareBounds.ts';
import type { ShareBounds } from './gates/shareBounds.ts';

/** The exact 95 % interval of a share: `successes` out of `total`. */
export type Interval = (successes: number, total: number) => readonly [lower: number, upper: number];

export async function clopperPearson(): Promise<Interval> {
  return intervalAt(await exactBounds(), 0.95);
}

/** Each end is that of a one-sided test: the two-sided test's own p-value would cost a sum over all outcomes. */
export function intervalAt({ lower, upper }: ShareBounds, confidence: number): Interval {
  const side = (1 - confidence) / 2;
  return (successes, total) => [lower(successes, total, side), upper(successes, total, side)];
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
