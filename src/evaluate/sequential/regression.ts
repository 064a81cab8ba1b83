import type { RegressionGate } from '../../core/comparison.ts';
import type { PairCounts } from '../pairedInterval.ts';
import type { RegressionRule, RegressionVerdict } from '../regression.ts';
import { share } from '../share.ts';
import { anytimeLoss } from './anytime.ts';

/** The paired rule of a scan that ended when it liked: on which side of what is allowed its interval lies decides. */
export function sequentialRegressionOf(counts: PairCounts, { maxRegression, confidence }: RegressionRule): { readonly verdict: RegressionVerdict; readonly gate: RegressionGate } {
  const alpha = (1 - confidence) / 2;
  const [lower, upper] = [anytimeLoss.lower(counts, alpha), anytimeLoss.upper(counts, alpha)];
  const verdict = upper < maxRegression ? 'held' : lower > maxRegression ? 'regressed' : 'inconclusive';
  return { verdict, gate: { maxRegression, regression: share(counts.lost - counts.won, counts.total), lower, upper } };
}
