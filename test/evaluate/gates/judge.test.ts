import { describe, expect, test } from 'vitest';
import { gap } from '../../../src/evaluate/gates/gap.ts';
import { holm } from '../../../src/evaluate/gates/holm.ts';
import { against, judge, statusOf } from '../../../src/evaluate/gates/judge.ts';
import { lowest } from '../../../src/evaluate/gates/lowest.ts';
import type { Part } from '../../../src/evaluate/gates/measure.ts';
import { exactBounds } from '../../../src/evaluate/gates/shareBounds.ts';
import type { ShareBounds } from '../../../src/evaluate/gates/shareBounds.ts';

const bounds = await exactBounds();
const rule = { bounds, confidence: 0.95 };
const all = (successes: number, total: number): Part[] => [{ successes, total }];
const parts = (...counts: readonly (readonly [successes: number, total: number])[]): Part[] => counts.map(([successes, total], where) => ({ where, successes, total }));

/** Bounds as wide as a hundred times alpha, so that a test can read which alpha was used for which. */
const ruler: ShareBounds = {
  lower: (successes, total, alpha) => successes / total - 1 / (1e4 * alpha),
  upper: (successes, total, alpha) => successes / total + 1 / (1e4 * alpha),
};

test('a floor is held below the interval, missed above it, and open inside; a ceiling the other way round', () => {
  const interval = [0.4, 0.6] as const;
  const thresholds = [0.3, 0.4, 0.5, 0.6, 0.61];
  expect(thresholds.map((floor) => against('at-least', floor, interval))).toEqual(['held', 'held', 'inconclusive', 'inconclusive', 'missed']);
  expect(thresholds.map((ceiling) => against('at-most', ceiling, interval))).toEqual(['missed', 'inconclusive', 'inconclusive', 'held', 'held']);
});

describe('one accuracy', () => {
  test('is judged by its exact interval', () => {
    const judged = judge(lowest, all(10, 100), 0.03, rule);
    expect(judged).toMatchObject({ bound: 'at-least', threshold: 0.03, figure: 0.1, status: 'held' });
    expect(judged.interval).toEqual([expect.closeTo(0.0490047, 6), expect.closeTo(0.1762226, 6)]);
    expect(judged).not.toHaveProperty('where');
    expect(judge(lowest, all(10, 100), 0.2, rule)).toMatchObject({ status: 'missed' });
    expect(judge(lowest, all(10, 100), 0.2, rule)).not.toHaveProperty('below');
  });

  test('with more confidence takes more to decide', () => {
    expect([0.5, 0.8, 0.99].map((confidence) => judge(lowest, all(10, 100), 0.06, { bounds, confidence }).status)).toEqual(['held', 'held', 'inconclusive']);
  });

  test('inside the interval names the samples that would decide: as many do, one in twenty fewer do not', () => {
    const { status, samplesToDecide } = judge(lowest, all(50, 100), 0.45, rule);
    expect(status).toBe('inconclusive');
    const decidedAt = (n: number) => judge(lowest, all(Math.round(n / 2), n), 0.45, rule).status;
    expect([decidedAt(samplesToDecide!), decidedAt(Math.floor(0.95 * samplesToDecide!))]).toEqual(['held', 'inconclusive']);
    // Normal approximation: (1.96 / 0.05)² / 4 = 384.
    expect(samplesToDecide).toBeGreaterThan(350);
    expect(samplesToDecide).toBeLessThan(420);
  });

  test('at the floor itself no number of samples decides', () => {
    expect(judge(lowest, all(50, 100), 0.5, rule)).not.toHaveProperty('samplesToDecide');
  });

  test('of no sample is open', () => {
    expect(judge(lowest, all(0, 0), 0.5, rule)).toMatchObject({ status: 'inconclusive', interval: [0, 1] });
  });
});

test.each([lowest, gap])('no parts at all decide nothing', (measure) => {
  expect(statusOf(measure, [], 0.5, rule)).toBe('inconclusive');
});

describe('the lowest of several', () => {
  test('is held when every lower bound at alpha clears the floor, missed when an upper one at alpha over their number is below', () => {
    const { interval, figure, where } = judge(lowest, parts([8, 10], [6, 10], [7, 10]), 0.5, { bounds: ruler, confidence: 0.95 });
    expect(interval).toEqual([expect.closeTo(0.6 - 0.004, 10), expect.closeTo(0.6 + 3 * 0.004, 10)]);
    expect([figure, where]).toEqual([0.6, [1]]);
  });

  test('is held only if the rarest of them, too, is surely above', () => {
    expect(judge(lowest, parts([900, 1000], [900, 1000]), 0.8, rule).status).toBe('held');
    expect(judge(lowest, parts([900, 1000], [9, 10]), 0.8, rule)).toMatchObject({ status: 'inconclusive', where: [0] });
  });

  test('of many is not missed for what one of them alone would be', () => {
    const [unlucky, ...others] = parts([27, 50], ...Array.from({ length: 99 }, () => [40, 50] as const)) as [Part, ...Part[]];
    expect(judge(lowest, [unlucky], 0.7, rule).status).toBe('missed');
    expect(judge(lowest, [unlucky, ...others], 0.7, rule).status).toBe('inconclusive');
  });

  test('when missed lists all that are surely below, the lowest first', () => {
    const judged = judge(lowest, parts([90, 100], [30, 100], [10, 100], [48, 100]), 0.5, rule);
    expect(judged).toMatchObject({ status: 'missed', figure: 0.1, where: [2], below: [2, 1] });
  });
});

describe('a gap', () => {
  test('is at most what half of alpha allows on either side, and at least what all bounds together leave', () => {
    const { interval, figure, where, bound } = judge(gap, parts([8, 10], [2, 10], [7, 10]), 0.5, { bounds: ruler, confidence: 0.95 });
    expect(interval).toEqual([expect.closeTo(0.6 - 2 * 6 * 0.004, 10), expect.closeTo(0.6 + 2 * 2 * 0.004, 10)]);
    expect([figure, where, bound]).toEqual([expect.closeTo(0.6, 10), [0, 1], 'at-most']);
  });

  test('is held, missed or open by where its interval lies, and never below nothing', () => {
    const wide = parts([900, 1000], [300, 1000], [600, 1000]);
    expect([0.1, 0.6, 0.9].map((ceiling) => judge(gap, wide, ceiling, rule).status)).toEqual(['missed', 'inconclusive', 'held']);
    expect(judge(gap, parts([5, 10], [5, 10]), 0.5, rule).interval[0]).toBe(0);
  });

  test('names the samples that would decide', () => {
    const judged = judge(gap, parts([60, 100], [40, 100]), 0.3, rule);
    const n = judged.samplesToDecide!;
    expect(n).toBeGreaterThan(200);
    expect(judge(gap, parts([0.3 * n, n / 2].map(Math.round) as [number, number], [0.2 * n, n / 2].map(Math.round) as [number, number]), 0.3, rule).status).toBe('held');
  });
});

describe("Holm's correction", () => {
  const rejected = (pValues: number[], alpha: number) => holm(pValues, alpha, (p, level) => p <= level);
  test.each([
    [[0.01, 0.04, 0.03, 0.005], [0.01, 0.005]], // Holm's own kind of example: 0.005 ≤ 0.05/4, 0.01 ≤ 0.05/3, 0.03 > 0.05/2
    [[0.012, 0.02, 0.03, 0.04], [0.012]],
    [[0.012, 0.016, 0.024, 0.04], [0.012, 0.016, 0.024, 0.04]],
    [[0.02, 0.02, 0.02], []],
    [[0.04], [0.04]],
    [[], []],
  ])('of %j leaves %j', (pValues, expected) => {
    expect(rejected(pValues, 0.05)).toEqual(expected);
  });
});
