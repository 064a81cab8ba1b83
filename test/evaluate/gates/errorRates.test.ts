import { describe, expect, test } from 'vitest';
import { gap } from '../../../src/evaluate/gates/gap.ts';
import { statusOf } from '../../../src/evaluate/gates/judge.ts';
import { lowest } from '../../../src/evaluate/gates/lowest.ts';
import type { Measure } from '../../../src/evaluate/gates/measure.ts';
import { exactBounds } from '../../../src/evaluate/gates/shareBounds.ts';
import { binomialMasses, drawParts, rememberedBounds } from '../../support/drawParts.ts';
import type { Truth } from '../../support/drawParts.ts';

const bounds = rememberedBounds(await exactBounds());
const rule = { bounds, confidence: 0.95 };

test.each([
  [10, 0.5],
  [50, 0.02],
  [50, 0.4],
  [100, 0.9],
  [200, 0.35],
])('of %i samples and an accuracy of %f each bound errs with the probability asked for at most: the sum over all that may be drawn', (total, accuracy) => {
  const masses = binomialMasses(total, accuracy);
  expect(masses.reduce((sum, mass) => sum + mass)).toBeCloseTo(1, 10);
  for (const alpha of [0.025, 0.0005]) {
    const sumWhere = (errs: (k: number) => boolean) => masses.reduce((sum, mass, k) => sum + (errs(k) ? mass : 0), 0);
    const [below, above] = [sumWhere((k) => bounds.upper(k, total, alpha) < accuracy), sumWhere((k) => bounds.lower(k, total, alpha) > accuracy)];
    expect(below).toBeLessThanOrEqual(alpha);
    expect(above).toBeLessThanOrEqual(alpha);
  }
});

// bench/gates.ts has more cases, and 10,000 trials of each.
describe('over 1,000 seeded draws at the threshold', () => {
  const trials = 1000;
  const several = (count: number, total: number, accuracy: number): Truth[] => Array.from({ length: count }, () => ({ accuracy, total }));
  const shareOf = (status: string, measure: Measure, truths: readonly Truth[]) => {
    let count = 0;
    for (let trial = 0; trial < trials; trial++) count += Number(statusOf(measure, drawParts(truths, trial), 0.4, rule) === status);
    return count / trials;
  };
  const groups = (accuracies: readonly [number, number, number]): Truth[] => [1000, 200, 30].map((total, i) => ({ total, accuracy: accuracies[i] as number }));

  test.each<[string, Measure, readonly Truth[]]>([
    ['one accuracy', lowest, several(1, 500, 0.4)],
    ['the worst of 10 classes, the others far above', lowest, [...several(1, 100, 0.4), ...several(9, 100, 0.9)]],
    ['the worst of 100 classes, all there', lowest, several(100, 50, 0.4)],
    ['the gap of 10 classes', gap, [...several(5, 100, 0.3), ...several(5, 100, 0.7)]],
    ['the gap of 100 classes', gap, [...several(50, 50, 0.3), ...several(50, 50, 0.7)]],
    ['the worst of three groups, the smallest', lowest, groups([0.8, 0.8, 0.4])],
    ['the gap of three groups, the smallest at its end', gap, groups([0.8, 0.6, 0.4])],
  ])('%s is held in one of 40 at most, and missed in as many', (_, measure, truths) => {
    expect(shareOf('held', measure, truths)).toBeLessThanOrEqual(0.025);
    expect(shareOf('missed', measure, truths)).toBeLessThanOrEqual(0.025);
  });

  test('one bound for every class, as if each stood alone, would miss a worst class that is not below in most cases', () => {
    const alone: Measure = { ...lowest, interval: (parts, given, alpha) => [0, Math.min(...parts.map((part) => lowest.interval([part], given, alpha)[1]))] };
    expect(shareOf('missed', alone, several(100, 50, 0.4))).toBeGreaterThan(0.5);
  });

  test('what is true lies far from the threshold: nearly all are decided, and rightly', () => {
    expect(shareOf('held', lowest, several(1, 1000, 0.47))).toBeGreaterThan(0.98);
    expect(shareOf('missed', lowest, [...several(9, 300, 0.8), ...several(1, 300, 0.25)])).toBeGreaterThan(0.98);
    expect(shareOf('held', gap, several(10, 300, 0.6))).toBeGreaterThan(0.98);
    expect(shareOf('missed', gap, [...several(9, 100, 0.9), ...several(1, 100, 0.1)])).toBeGreaterThan(0.98);
  });
});
