import type { RegressionGate } from '../core/comparison.ts';
import type { mcnemarTest } from './mcnemar.ts';
import { pairedInterval } from './pairedInterval.ts';
import type { PairCounts } from './pairedInterval.ts';
import { share } from './share.ts';
import { leastThatDecides } from './statistics.ts';

/** What may be lost from one release to the next, and how sure an answer must be. */
export interface RegressionRule {
  readonly maxRegression: number;
  readonly confidence: number;
}

export type RegressionVerdict = 'held' | 'regressed' | 'inconclusive';
type Test = Awaited<ReturnType<typeof mcnemarTest>>;

/**
 * The paired rule. Regressed: more is lost than allowed, and chance alone would hardly lose more than it wins. Held: the
 * paired interval of the loss ends below what is allowed. Else open, with the number of samples that would decide.
 */
export function regressionOf(counts: PairCounts, rule: RegressionRule, test: Test): { readonly verdict: RegressionVerdict; readonly gate: RegressionGate } {
  const verdict = judge(counts, rule, test);
  const samples = verdict === 'inconclusive' ? samplesToDecide(counts, rule, test) : undefined;
  const [lower, upper] = pairedInterval(counts, rule.confidence);
  const gate = {
    maxRegression: rule.maxRegression,
    regression: lossOf(counts),
    ...{ lower, upper },
    p: test(counts.lost, counts.won).lost,
    ...(samples !== undefined && { samplesToDecide: samples }),
  };
  return { verdict, gate };
}

function judge(counts: PairCounts, { maxRegression, confidence }: RegressionRule, test: Test): RegressionVerdict {
  if (lossOf(counts) > maxRegression && test(counts.lost, counts.won).lost < 1 - confidence) return 'regressed';
  return pairedInterval(counts, confidence)[1] < maxRegression ? 'held' : 'inconclusive';
}

function lossOf({ lost, won, total }: PairCounts): number {
  return share(lost - won, total);
}

/** With the same shares won and lost. */
function samplesToDecide({ lost, won, total }: PairCounts, rule: RegressionRule, test: Test): number | undefined {
  const scaled = (n: number) => ({ lost: Math.round(share(lost, total) * n), won: Math.round(share(won, total) * n), total: n });
  return leastThatDecides((n) => judge(scaled(n), rule, test) !== 'inconclusive', Math.max(1, total));
}
