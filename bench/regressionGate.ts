/** Error rates of the paired rule by simulation: coverage, false alarms, power. 10,000 trials of each, or as many as asked for. */
import { argv } from 'node:process';
import { mcnemarTest } from '../src/evaluate/mcnemar.ts';
import { pairedInterval } from '../src/evaluate/pairedInterval.ts';
import type { PairCounts } from '../src/evaluate/pairedInterval.ts';
import { regressionOf } from '../src/evaluate/regression.ts';
import { drawPairs } from '../test/support/drawPairs.ts';
import { percent, printTable } from './table.ts';

const trials = Number(argv[2] ?? 10_000);
const mcnemar = await mcnemarTest();
const memory = new Map<string, ReturnType<typeof mcnemar>>();
/** As many draws are alike, and a test takes half a millisecond. */
const remembered: typeof mcnemar = (lost, won) => {
  const key = `${lost} ${won}`;
  const known = memory.get(key) ?? mcnemar(lost, won);
  memory.set(key, known);
  return known;
};

const sizes = [100, 500, 2000];
/** Shares of the pairs lost and won. */
const cases = [
  [0.005, 0.005], [0.05, 0.05], [0.15, 0.15], // nothing has changed
  [0.0225, 0.0075], [0.035, 0.015], [0.06, 0.04], // 1.5 or 2 points are lost
  [0.05, 0.01], [0.1, 0.04], // 4 and 6 points
] as const;

function shareOf(total: number, [lost, won]: readonly [number, number], holds: (counts: PairCounts) => boolean): string {
  let count = 0;
  for (let trial = 0; trial < trials; trial++) count += Number(holds(drawPairs({ lost, won }, total, trial)));
  return percent(count / trials);
}

function covers(truth: number): (counts: PairCounts) => boolean {
  return (counts) => {
    const [lower, upper] = pairedInterval(counts, 0.95);
    return lower <= truth && truth <= upper;
  };
}

const verdictIs = (verdict: string, maxRegression: number) => (counts: PairCounts) =>
  regressionOf(counts, { maxRegression, confidence: 0.95 }, remembered).verdict === verdict;

printTable(
  `The paired rule, maxRegression 0.02, confidence 0.95, ${trials} trials`,
  ['pairs', 'lost', 'won', 'interval covers', 'held', 'regressed'],
  sizes.flatMap((total) =>
    cases.map(([lost, won]) => [
      total,
      percent(lost),
      percent(won),
      shareOf(total, [lost, won], covers(lost - won)),
      shareOf(total, [lost, won], verdictIs('held', 0.02)),
      shareOf(total, [lost, won], verdictIs('regressed', 0.02)),
    ]),
  ),
);

printTable(
  `Power at 10 % discordant pairs, 2 points lost, of the two-sided test at 5 % and of the rule with maxRegression 0, ${trials} trials`,
  ['pairs', 'McNemar, two-sided', 'regressed'],
  [980, 1960, 3920].map((total) => [
    total,
    shareOf(total, [0.06, 0.04], ({ lost, won }) => lost > won && remembered(lost, won).either < 0.05),
    shareOf(total, [0.06, 0.04], verdictIs('regressed', 0)),
  ]),
);
