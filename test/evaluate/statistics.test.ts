import { describe, expect, test } from 'vitest';
import { against, clopperPearson, samplesToDecide } from '../../src/evaluate/statistics.ts';

const interval = await clopperPearson();

describe('the exact interval', () => {
  // Textbook values: Conover's 682 of 925 as in R's binom.test, the others from tables of Clopper-Pearson limits.
  test.each([
    [682, 925, 0.7076683, 0.7654066],
    [10, 100, 0.0490047, 0.1762226],
    [5, 10, 0.1870860, 0.8129140],
    [1, 10, 0.0025286, 0.4450161],
    [0, 10, 0, 0.3084971],
    [10, 10, 0.6915029, 1],
  ])('of %i in %i is [%f, %f]', (successes, total, lower, upper) => {
    const [low, high] = interval(successes, total);
    expect(low).toBeCloseTo(lower, 6);
    expect(high).toBeCloseTo(upper, 6);
  });

  test('of nothing is everything', () => {
    expect(interval(0, 0)).toEqual([0, 1]);
  });
});

test('a floor is held below the interval, missed above it, and undecided inside', () => {
  expect([0.3, 0.4, 0.5, 0.6, 0.61].map((floor) => against(floor, [0.4, 0.6]))).toEqual([
    'held',
    'held',
    'inconclusive',
    'inconclusive',
    'missed',
  ]);
});

describe('the number of samples that would decide', () => {
  test('is the least one whose interval leaves the floor out', () => {
    const n = samplesToDecide(0.5, 0.45, interval)!;
    const decided = (total: number) => against(0.45, interval(Math.round(total / 2), total)) !== 'inconclusive';
    expect(decided(n)).toBe(true);
    // Normal approximation: (1.96 / 0.05)² / 4 = 384.
    expect(n).toBeGreaterThan(350);
    expect(n).toBeLessThan(420);
  });

  test('does not exist at the floor itself', () => {
    expect(samplesToDecide(0.5, 0.5, interval)).toBeUndefined();
  });
});
