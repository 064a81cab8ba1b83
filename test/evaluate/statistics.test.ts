import { describe, expect, test } from 'vitest';
import { clopperPearson } from '../../src/evaluate/statistics.ts';

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
