import { describe, expect, test } from 'vitest';
import { mcnemarTest } from '../../src/evaluate/mcnemar.ts';
import { pairedInterval } from '../../src/evaluate/pairedInterval.ts';
import type { PairCounts } from '../../src/evaluate/pairedInterval.ts';
import { regressionOf } from '../../src/evaluate/regression.ts';
import { drawPairs } from '../support/drawPairs.ts';
import type { Shares } from '../support/drawPairs.ts';

const mcnemar = await mcnemarTest();
const memory = new Map<number, ReturnType<typeof mcnemar>>();
/** The same, faster where it is asked again. */
const remembered: typeof mcnemar = (lost, won) => {
  const known = memory.get(1e5 * lost + won) ?? mcnemar(lost, won);
  memory.set(1e5 * lost + won, known);
  return known;
};

describe("McNemar's exact test", () => {
  // Sums of binomial coefficients over 2^n, by hand.
  test.each([
    [0, 0, 1, 1],
    [1, 0, 1 / 2, 1],
    [5, 0, 1 / 32, 2 / 32],
    [0, 5, 1, 2 / 32],
    [8, 2, 56 / 1024, 112 / 1024],
    [3, 3, 42 / 64, 1],
  ])('of %i lost and %i won', (lost, won, more, either) => {
    const found = mcnemar(lost, won);
    expect(found.lost).toBeCloseTo(more, 10);
    expect(found.either).toBeCloseTo(either, 10);
  });
});

describe('the paired interval', () => {
  test('without a discordant pair ends where half a pair would be rejected: (n·d − ½)² = z²·n·d·(1 − d)', () => {
    const [lower, upper] = pairedInterval({ lost: 0, won: 0, total: 100 }, 0.95);
    expect((100 * upper - 0.5) ** 2).toBeCloseTo(1.959964 ** 2 * 100 * upper * (1 - upper), 5);
    expect(lower).toBeCloseTo(-upper, 12);
  });

  test('turns around with its sides, grows with the confidence, and holds what was found', () => {
    const [lower, upper] = pairedInterval({ lost: 30, won: 12, total: 400 }, 0.95);
    const [back, forth] = pairedInterval({ lost: 12, won: 30, total: 400 }, 0.95);
    const [wide, wider] = pairedInterval({ lost: 30, won: 12, total: 400 }, 0.99);
    expect([back, forth]).toEqual([expect.closeTo(-upper, 12), expect.closeTo(-lower, 12)]);
    expect(lower).toBeLessThan(18 / 400);
    expect(upper).toBeGreaterThan(18 / 400);
    expect([wide < lower, wider > upper]).toEqual([true, true]);
  });

  test('is within half a pair of the normal one where there are many of each', () => {
    const [n, lost, won] = [10_000, 1200, 1000];
    const half = (1.959964 * Math.sqrt(lost + won - (lost - won) ** 2 / n)) / n;
    const [lower, upper] = pairedInterval({ lost, won, total: n }, 0.95);
    expect(lower).toBeCloseTo(0.02 - half - 0.5 / n, 4);
    expect(upper).toBeCloseTo(0.02 + half + 0.5 / n, 4);
  });

  test('of everything lost ends at 1, of no sample is everything', () => {
    expect(pairedInterval({ lost: 50, won: 0, total: 50 }, 0.95)[1]).toBe(1);
    expect(pairedInterval({ lost: 0, won: 0, total: 0 }, 0.95)).toEqual([-1, 1]);
  });
});

const rule = { maxRegression: 0.02, confidence: 0.95 };

describe('the paired rule', () => {
  test.each([
    ['held', { lost: 0, won: 0, total: 1000 }],
    ['held', { lost: 10, won: 30, total: 1000 }],
    ['regressed', { lost: 60, won: 20, total: 1000 }],
    ['inconclusive', { lost: 3, won: 0, total: 100 }], // more than allowed, p = 1/8
    ['inconclusive', { lost: 30, won: 15, total: 1000 }], // surely lost some, perhaps not too much
  ] as const)('says %s of %j', (verdict, counts) => {
    expect(regressionOf(counts, rule, mcnemar).verdict).toBe(verdict);
  });

  test.each([
    [{ lost: 3, won: 0, total: 100 }],
    [{ lost: 30, won: 15, total: 1000 }],
  ])('names the samples that would decide %j: as many do, a tenth fewer do not', (counts) => {
    const { gate } = regressionOf(counts, rule, mcnemar);
    const n = gate.samplesToDecide!;
    const scaled = (total: number): PairCounts => ({
      lost: Math.round((counts.lost / counts.total) * total),
      won: Math.round((counts.won / counts.total) * total),
      total,
    });
    expect(regressionOf(scaled(n), rule, mcnemar).verdict).not.toBe('inconclusive');
    expect(regressionOf(scaled(Math.floor(0.9 * n)), rule, mcnemar).verdict).toBe('inconclusive');
  });

  test('names none where what was lost is what may be', () => {
    expect(regressionOf({ lost: 40, won: 20, total: 1000 }, rule, mcnemar).gate.samplesToDecide).toBeUndefined();
  });
});

// bench/regressionGate.ts has more cases, and 10,000 trials of each.
describe('over 1,000 seeded draws', () => {
  const trials = 1000;
  const shareOf = (shares: Shares, n: number, holds: (counts: PairCounts) => boolean) => {
    let count = 0;
    for (let trial = 0; trial < trials; trial++) count += Number(holds(drawPairs(shares, n, trial)));
    return count / trials;
  };
  const verdictOf = (counts: PairCounts) => regressionOf(counts, rule, remembered).verdict;

  test.each([
    [0.01, 0.01, 200],
    [0.0225, 0.0075, 150],
    [0.06, 0.04, 500],
  ])('the interval covers a loss of %f − %f of %i pairs in 94 % or more', (lost, won, n) => {
    const covered = shareOf({ lost, won }, n, (counts) => {
      const [lower, upper] = pairedInterval(counts, 0.95);
      return lower <= lost - won && lost - won <= upper;
    });
    expect(covered).toBeGreaterThanOrEqual(0.94);
  });

  test('nothing has changed: at most 5 % false alarms', () => {
    expect(shareOf({ lost: 0.05, won: 0.05 }, 200, (counts) => verdictOf(counts) === 'regressed')).toBeLessThanOrEqual(0.05);
  });

  test('all that may be lost is lost: held in 2.5 % at most, give or take two standard errors', () => {
    expect(shareOf({ lost: 0.035, won: 0.015 }, 1000, (counts) => verdictOf(counts) === 'held')).toBeLessThanOrEqual(0.035);
  });

  test('2 points lost among a tenth that differ, none allowed: 1,960 pairs find it in 80 %', () => {
    const found = shareOf({ lost: 0.06, won: 0.04 }, 1960, ({ lost, won }) => lost > won && remembered(lost, won).either < 0.05);
    expect(found).toBeGreaterThan(0.76);
    expect(found).toBeLessThan(0.84);
  });
});
