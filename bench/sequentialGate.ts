/** Error rates and sample sizes of the sequential gates by simulation: 10,000 trials of each, or as many as asked for. */
import { argv } from 'node:process';
import { randomOf } from '../src/core/random.ts';
import type { Random } from '../src/core/random.ts';
import { anytime } from '../src/evaluate/sequential/anytime.ts';
import { isLook } from '../src/evaluate/sequential/isLook.ts';
import { isAbove } from '../src/evaluate/sequential/leastMean.ts';
import { percent, printTable } from './table.ts';

const trials = Number(argv[2] ?? 10_000);
/** Samples that a set has; then the gate is inconclusive. */
const most = 5000;
const alpha = 0.025; // confidence 0.95, each side

/** How a trial ended, if it did, and after how many samples. */
interface Fate {
  readonly status: 'held' | 'missed' | 'inconclusive';
  readonly samples: number;
}

function summary(fates: readonly Fate[]): string[] {
  const share = (status: Fate['status']) => percent(fates.filter((fate) => fate.status === status).length / fates.length);
  const samples = fates.map((fate) => fate.samples).sort((a, b) => a - b);
  const mean = samples.reduce((sum, n) => sum + n, 0) / samples.length;
  const at = (quantile: number) => String(samples[Math.floor(quantile * (samples.length - 1))]);
  return [share('held'), share('missed'), share('inconclusive'), mean.toFixed(0), at(0.5), at(0.95)];
}

const head = ['held', 'missed', 'open', 'samples, mean', 'median', '95 %'];
const eachTrial = <T>(run: (random: Random) => T, ...key: readonly (string | number)[]): T[] =>
  Array.from({ length: trials }, (_, trial) => run(randomOf('sequential', ...key, trial)));

/** For each sample size the least successes that hold a floor, and the most that miss it: bounds rise with the successes. */
function limitsOf(floor: number): { readonly held: number; readonly missed: number }[] {
  let [held, missed] = [0, -1];
  return Array.from({ length: most + 1 }, (_, n) => {
    if (n === 0 || !isLook(n)) return { held: Infinity, missed: -1 };
    while (held <= n && anytime.lower(held, n, alpha) < floor) held++;
    while (anytime.upper(missed + 1, n, alpha) < floor) missed++;
    return { held, missed };
  });
}

function floorFate(random: Random, truth: number, limits: ReturnType<typeof limitsOf>): Fate {
  for (let samples = 1, successes = 0; samples <= most; samples++) {
    successes += Number(random.uniform() < truth);
    const { held, missed } = limits[samples] as { held: number; missed: number };
    if (successes >= held) return { status: 'held', samples };
    if (successes <= missed) return { status: 'missed', samples };
  }
  return { status: 'inconclusive', samples: most };
}

function sprtFate(random: Random, truth: number): Fate {
  const [low, high] = [0.45, 0.5];
  for (let samples = 1, log = 0; samples <= most; samples++) {
    log += random.uniform() < truth ? Math.log(high / low) : Math.log((1 - high) / (1 - low));
    if (Math.abs(log) >= Math.log(19)) return { status: log > 0 ? 'held' : 'missed', samples };
  }
  return { status: 'inconclusive', samples: most };
}

const truths = [0.4, 0.45, 0.5, 0.6, 0.7, 0.8];
for (const floor of [0.45, 0.5]) {
  const limits = limitsOf(floor);
  printTable(
    `A floor of ${floor}, confidence 0.95, at most ${most} samples, ${trials} trials`,
    ['truth', ...head],
    truths.map((truth) => [truth, ...summary(eachTrial((random) => floorFate(random, truth, limits), truth))]),
  );
}

printTable(
  `Beside it, Wald's SPRT of .45 against .50, both errors 5 %: it must be told both`,
  ['truth', ...head],
  truths.map((truth) => [truth, ...summary(eachTrial((random) => sprtFate(random, truth), truth))]),
);

const maxRegression = 0.02;
/** Shares of the pairs lost and won. */
const cases = [
  [0, 0], [0.01, 0.01], [0.025, 0.025], [0.05, 0.05], // nothing has changed
  [0.02, 0.01], // half of what may be lost is lost
  [0.02, 0], [0.035, 0.015], [0.06, 0.04], // all of it
  [0.05, 0.01], [0.1, 0.04], [0.15, 0.05], // 4, 6 and 10 points
] as const;

/** As the bounds of `anytimeLoss` decide. */
function lossFate(random: Random, [lostShare, wonShare]: readonly [number, number]): Fate {
  const counts = { lost: 0, won: 0, total: 0 };
  while (counts.total < most) {
    const u = random.uniform();
    if (u < lostShare) counts.lost++;
    else if (u < lostShare + wonShare) counts.won++;
    counts.total++;
    if (!isLook(counts.total)) continue;
    const { lost, won, total } = counts;
    const same = total - lost - won;
    if (isAbove([[0, lost], [1, same], [2, won]], 1 - maxRegression, alpha)) return { status: 'held', samples: total };
    if (isAbove([[0, won], [1, same], [2, lost]], 1 + maxRegression, alpha)) return { status: 'missed', samples: total };
  }
  return { status: 'inconclusive', samples: most };
}

printTable(
  `A loss of at most ${maxRegression}, confidence 0.95, at most ${most} pairs, ${trials} trials`,
  ['lost', 'won', ...head],
  cases.map((shares) => [...shares.map(percent), ...summary(eachTrial((random) => lossFate(random, shares), ...shares))]),
);
