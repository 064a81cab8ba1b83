import type { PairCounts } from '../pairedInterval.ts';
import { leastMean } from './leastMean.ts';

/** Bounds of a share, each one-sided at alpha, that hold at every sample size at once: a scan may stop when it likes them. */
export const anytime = {
  lower: (successes: number, total: number, alpha: number) => leastMean([[0, total - successes], [1, successes]], alpha),
  upper: (successes: number, total: number, alpha: number) => 1 - leastMean([[0, successes], [1, total - successes]], alpha),
};

/** Bounds of the loss, (lost − won) / total, of the same kind: a pair lost counts 2 in favour, one won nothing, any other 1. */
export const anytimeLoss = {
  lower: ({ lost, won, total }: PairCounts, alpha: number) => leastMean([[0, won], [1, total - lost - won], [2, lost]], alpha) - 1,
  upper: ({ lost, won, total }: PairCounts, alpha: number) => 1 - leastMean([[0, lost], [1, total - lost - won], [2, won]], alpha),
};
