import type { PairCounts } from '../../src/evaluate/pairedInterval.ts';
import { randomOf } from '../../src/core/random.ts';

/** The share of pairs lost and won among all there are. */
export interface Shares {
  readonly lost: number;
  readonly won: number;
}

/** Draws `total` pairs; how many are lost and won. */
export function drawPairs({ lost, won }: Shares, total: number, ...key: readonly (number | string)[]): PairCounts {
  const random = randomOf('pairs', ...key);
  const counts = { lost: 0, won: 0 };
  for (let i = 0; i < total; i++) {
    const u = random.uniform();
    if (u < lost) counts.lost++;
    else if (u < lost + won) counts.won++;
  }
  return { ...counts, total };
}
