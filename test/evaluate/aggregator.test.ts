import { describe, expect, test } from 'vitest';
import type { SampleRecord } from '../../src/core/record.ts';
import type { AskedAttack } from '../../src/evaluate/aggregator.ts';
import { Aggregator } from '../../src/evaluate/aggregator.ts';

const like = (name: string, more: Partial<AskedAttack['attack']> = {}): AskedAttack['attack'] => ({ name, norms: ['linf'], knowledge: 'gradient', ...more });
const asked: AskedAttack[] = [
  { label: 'fgsm', options: {}, attack: like('fgsm') },
  { label: 'pgd(steps=5)', options: { steps: 5 }, attack: like('pgd') },
];

const at = (linf: number) => ({ distances: { linf, l2: 2 * linf, l1: 3 * linf, l0: 1 } });
const record = (id: number, attack: string, rest: Partial<SampleRecord>): SampleRecord => ({
  ...{ id, attack, label: id % 2, clean: id % 2, outcome: 'survived', forwardQueries: 1, gradientQueries: 10 },
  ...rest,
});

/** Six samples: 0 wrong, 1 survives all, 2 and 3 fall to pgd only, 4 falls to both, 5 fails under pgd. */
const records: SampleRecord[] = [
  record(0, 'fgsm', { clean: 1, outcome: 'wrong', gradientQueries: 0, forwardQueries: 0 }),
  record(1, 'fgsm', { adversarial: 1, ...at(0.5) }),
  record(2, 'fgsm', { adversarial: 0, ...at(0.5) }),
  record(3, 'fgsm', { adversarial: 1, ...at(0.5) }),
  record(4, 'fgsm', { outcome: 'broken', adversarial: 1, ...at(0.25) }),
  record(5, 'fgsm', { adversarial: 1, ...at(0.5) }),
  record(0, 'pgd(steps=5)', { clean: 1, outcome: 'wrong', gradientQueries: 0, forwardQueries: 0 }),
  record(1, 'pgd(steps=5)', { adversarial: 1, ...at(0.5) }),
  record(2, 'pgd(steps=5)', { outcome: 'broken', adversarial: 1, ...at(0.125) }),
  record(3, 'pgd(steps=5)', { outcome: 'broken', adversarial: 0, ...at(0.5) }),
  record(4, 'pgd(steps=5)', { outcome: 'broken', adversarial: 1, ...at(0.25) }),
  record(5, 'pgd(steps=5)', { outcome: 'error', error: 'bang', gradientQueries: 3 }),
];

const aggregated = (given: readonly SampleRecord[], eightBit = false) => {
  const aggregator = new Aggregator(asked, { threat: { norm: 'linf', epsilon: 0.5 }, classes: 2, eightBit });
  for (const one of given) aggregator.add(one, one.attack === 'fgsm' ? 0.25 : 0);
  return aggregator;
};
const figuresOf = (given: readonly SampleRecord[]) => aggregated(given).figures((k, n) => [k, n]);

describe('the figures of a report', () => {
  const { clean, attacks, worstCase, perClass } = figuresOf(records);

  test('count clean accuracy over every sample', () => {
    expect(clean).toEqual({ accuracy: 5 / 6, correct: 5, total: 6, interval: [5, 6] });
  });

  test('count a sample as robust only when it was right and survived; wrong ones and errors are not', () => {
    expect(attacks.map(({ robustAccuracy }) => robustAccuracy)).toEqual([4 / 6, 1 / 6]);
    expect(attacks.map(({ interval }) => interval)).toEqual([
      [4, 6],
      [1, 6],
    ]);
  });

  test('count success over the correctly classified', () => {
    expect(attacks.map(({ successRate }) => successRate)).toEqual([1 / 5, 3 / 5]);
  });

  test('take the median distance with survivors and errors at infinity', () => {
    // fgsm: 0.25, ∞ × 4. pgd: 0.125, 0.25, 0.5, ∞, ∞.
    expect(attacks.map(({ medianDistance }) => medianDistance)).toEqual([null, 0.5]);
  });

  test('take the mean of the two middle distances of an even number, infinite when one of them is', () => {
    const even = (outcomes: number[]) =>
      figuresOf(
        outcomes.map((d, id) =>
          record(2 * id, 'fgsm', Number.isFinite(d) ? { outcome: 'broken', adversarial: 1, ...at(d) } : {}),
        ),
      ).attacks[0]!.medianDistance;
    expect(even([0.125, 0.25, 0.375, 0.5])).toBe(0.3125);
    expect(even([0.125, 0.25, Infinity, Infinity])).toBeNull();
  });

  test('add up queries, errors and seconds', () => {
    expect(attacks).toMatchObject([
      { name: 'fgsm', gradientQueries: 50, forwardQueries: 5, errors: 0, seconds: 1.5, norm: 'linf', epsilon: 0.5 },
      { name: 'pgd', options: { steps: 5 }, gradientQueries: 43, forwardQueries: 5, errors: 1, seconds: 0 },
    ]);
  });

  test('take the worst case per sample, never over the attacks', () => {
    expect(worstCase).toEqual({ robustAccuracy: 1 / 6, interval: [1, 6] });
    const complementary = [
      record(0, 'fgsm', { outcome: 'broken', adversarial: 1, ...at(0.5) }),
      record(1, 'fgsm', {}),
      record(0, 'pgd(steps=5)', {}),
      record(1, 'pgd(steps=5)', { outcome: 'broken', adversarial: 0, ...at(0.5) }),
    ];
    expect(figuresOf(complementary).worstCase.robustAccuracy).toBe(0);
  });

  test('say how each class fares', () => {
    expect(perClass).toEqual([
      { label: 0, total: 3, cleanAccuracy: 2 / 3, robustAccuracy: 0 },
      { label: 1, total: 3, cleanAccuracy: 1, robustAccuracy: 1 / 3 },
    ]);
  });

  test('do not depend on the order of the records', () => {
    expect(figuresOf(records.toReversed())).toEqual(figuresOf(records));
  });

  test('of a targeted run say how often the target was reached', () => {
    const targeted = records.map((r) => ({ ...r, target: 1 }));
    expect(figuresOf(targeted).attacks.map(({ targetedSuccessRate }) => targetedSuccessRate)).toEqual([1 / 5, 2 / 5]);
    expect(attacks[0]).not.toHaveProperty('targetedSuccessRate');
  });

  test('of images say what is left when points are rounded to 8 bits: per attack, and per sample at worst', () => {
    const broken = (id: number, attack: string, broken8bit: boolean) => record(id, attack, { outcome: 'broken', adversarial: 1 - (id % 2), ...at(0.5), broken8bit });
    const images = [
      ...[broken(0, 'fgsm', false), broken(1, 'fgsm', false), broken(2, 'fgsm', true), record(3, 'fgsm', {})],
      ...[broken(0, 'pgd(steps=5)', true), broken(1, 'pgd(steps=5)', false), broken(2, 'pgd(steps=5)', true)],
      record(3, 'pgd(steps=5)', { clean: 0, outcome: 'wrong' }),
    ];
    const figures = aggregated(images, true).figures((k, n) => [k, n]);
    expect(figures.attacks.map(({ robustAccuracy8bit }) => robustAccuracy8bit)).toEqual([3 / 4, 1 / 4]);
    expect(figures.worstCase).toEqual({ robustAccuracy: 0, interval: [0, 4], robustAccuracy8bit: 1 / 4 });
    expect(attacks[0]).not.toHaveProperty('robustAccuracy8bit');
  });

  test('of nothing at all are zero, not NaN', () => {
    expect(figuresOf([]).attacks[0]).toMatchObject({ robustAccuracy: 0, successRate: 0, medianDistance: null });
  });
});
