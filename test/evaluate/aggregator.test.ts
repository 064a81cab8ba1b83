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
  const { clean, attacks, worstCase, perClass, predictions } = figuresOf(records);

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

  test('say how each class fares, at worst and under each attack', () => {
    expect(perClass).toEqual([
      { label: 0, total: 3, cleanAccuracy: 2 / 3, robustAccuracy: 0, attacks: [1 / 3, 0] },
      { label: 1, total: 3, cleanAccuracy: 1, robustAccuracy: 1 / 3, attacks: [1, 1 / 3] },
    ]);
  });

  test('say where predictions go: those of what the first attack to break a sample found, else the clean ones', () => {
    expect(predictions).toEqual([
      { label: 0, predicted: 0, clean: 2, worstCase: 0 },
      { label: 0, predicted: 1, clean: 1, worstCase: 3 },
      { label: 1, predicted: 0, clean: 0, worstCase: 1 },
      { label: 1, predicted: 1, clean: 3, worstCase: 2 },
    ]);
    const disagreeing = [7, 8].map((adversarial, i) => record(0, asked[i]!.label, { outcome: 'broken', adversarial, ...at(0.5) }));
    for (const order of [disagreeing, disagreeing.toReversed()]) expect(figuresOf(order).predictions[1]).toEqual({ label: 0, predicted: 7, clean: 0, worstCase: 1 });
  });

  test('name the first attack that broke each sample', () => {
    const expected = [
      { id: 2, attack: 'pgd(steps=5)' },
      { id: 3, attack: 'pgd(steps=5)' },
      { id: 4, attack: 'fgsm' },
    ];
    expect(aggregated(records).broken()).toEqual(expected);
    expect(aggregated(records.toReversed()).broken()).toEqual(expected);
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

describe('the figures at several epsilons', () => {
  const epsilons = [0.125, 0.25, 0.5];
  const push = (epsilon: number): AskedAttack => ({ label: `push@${epsilon}`, series: 'push', options: {}, epsilon, attack: like('push') });
  const smallest: AskedAttack = { label: 'near', options: {}, attack: like('near', { finds: 'smallest' }) };
  const blur: AskedAttack = { label: 'blur', options: {}, attack: like('blur', { norms: ['none'] }) };
  const broken = (id: number, attack: string, linf: number, more: Partial<SampleRecord> = {}) => record(id, attack, { outcome: 'broken', adversarial: 9, ...at(linf), ...more });
  const figures = () => {
    const aggregator = new Aggregator([...epsilons.map(push), smallest, blur], { threat: { norm: 'linf', epsilon: 0.5 }, epsilons, classes: 10, eightBit: false });
    const all = [
      // 0 falls to push at 0.25, 1 only to near at 0.375, 2 beyond every epsilon, 3 is wrong from the start.
      ...[record(0, 'push@0.125', {}), broken(0, 'push@0.25', 0.2), broken(0, 'push@0.5', 0.2, { gradientQueries: 0, adversarial: 8 })],
      ...epsilons.flatMap((epsilon) => [record(1, `push@${epsilon}`, {}), record(2, `push@${epsilon}`, {})]),
      ...[broken(0, 'near', 0.3, { smallest: 0.3 }), broken(1, 'near', 0.375, { smallest: 0.375 }), record(2, 'near', { adversarial: 9, ...at(0.75), smallest: 0.75 })],
      ...[0, 1, 2].map((id) => broken(id, 'blur', 0.9)),
      ...[...epsilons.map((epsilon) => `push@${epsilon}`), 'near', 'blur'].map((attack) => record(3, attack, { clean: 7, outcome: 'wrong', gradientQueries: 0 })),
    ];
    for (const one of all) aggregator.add(one, 1);
    return { ...aggregator.figures((k, n) => [k, n]), outside: aggregator.anomalies.outside, broken: aggregator.broken() };
  };

  test('have a row for each attack and epsilon; one that looks for the smallest perturbation was run once', () => {
    expect(figures().attacks.map(({ name, norm, epsilon, robustAccuracy, gradientQueries, seconds }) => [name, norm, epsilon, robustAccuracy, gradientQueries, seconds])).toEqual([
      ['push', 'linf', 0.125, 0.75, 30, 4],
      ['push', 'linf', 0.25, 0.5, 30, 4],
      ['push', 'linf', 0.5, 0.5, 20, 4],
      ['near', 'linf', 0.125, 0.75, 0, 0],
      ['near', 'linf', 0.25, 0.75, 0, 0],
      ['near', 'linf', 0.5, 0.25, 30, 4],
      ['blur', 'none', null, 0, 30, 4],
    ]);
  });

  test('take the worst case at the largest, over what keeps to the ball', () => {
    expect(figures().worstCase).toEqual({ robustAccuracy: 0.25, interval: [1, 4] });
    expect(figures().perClass).toEqual([
      { label: 0, total: 2, cleanAccuracy: 1, robustAccuracy: 0.5, attacks: [0.5, 0.5] },
      { label: 1, total: 2, cleanAccuracy: 0.5, robustAccuracy: 0, attacks: [0.5, 0] },
    ]);
  });

  test('name the smallest epsilon at which the first attack broke a sample, and take its prediction at the largest', () => {
    expect(figures().broken).toEqual([
      { id: 0, attack: 'push@0.25' },
      { id: 1, attack: 'near' },
    ]);
    expect(figures().predictions).toEqual([
      { label: 0, predicted: 0, clean: 2, worstCase: 1 },
      { label: 0, predicted: 8, clean: 0, worstCase: 1 },
      { label: 1, predicted: 1, clean: 1, worstCase: 0 },
      { label: 1, predicted: 7, clean: 1, worstCase: 1 },
      { label: 1, predicted: 9, clean: 0, worstCase: 1 },
    ]);
  });

  test('make a curve of each attack, and of the worst case, that only falls', () => {
    expect(figures().curve).toEqual(
      [
        ['push', [3, 2, 2]],
        ['near', [3, 3, 1]],
        ['worst case', [3, 2, 1]],
      ].flatMap(([attack, survivors]) => epsilons.map((epsilon, i) => ({ attack, epsilon, robustAccuracy: (survivors as number[])[i]! / 4, interval: [(survivors as number[])[i], 4] }))),
    );
    expect(figuresOf(records)).not.toHaveProperty('curve');
  });

  test('know distances beyond epsilon of what looks for the smallest perturbation, and call none outside', () => {
    const { attacks, outside } = figures();
    expect(attacks.map(({ medianDistance }) => medianDistance)).toEqual([null, null, null, 0.375, 0.375, 0.375, null]);
    expect(outside).toBe(0);
  });

  test('count nothing as found that the original model denies', () => {
    const aggregator = new Aggregator([smallest], { threat: { norm: 'linf', epsilon: 0.5 }, classes: 10, eightBit: false });
    aggregator.add(record(0, 'near', { ...at(0.1), adversarial: 0, smallest: 0.1, disagreed: true }), 0);
    expect(aggregator.figures((k, n) => [k, n])).toMatchObject({ attacks: [{ robustAccuracy: 1, medianDistance: null }], worstCase: { robustAccuracy: 1 } });
  });

  test('count an error as survived nowhere', () => {
    const aggregator = new Aggregator([smallest], { threat: { norm: 'linf', epsilon: 0.5 }, epsilons, classes: 10, eightBit: false });
    aggregator.add(record(0, 'near', { outcome: 'error' }), 0);
    expect(aggregator.figures((k, n) => [k, n]).curve!.map(({ robustAccuracy }) => robustAccuracy)).toEqual([0, 0, 0, 0, 0, 0]);
  });
});

describe('the members of an ensemble', () => {
  const members = ({ classes }: { classes: number }) => (classes > 3 ? ['first', 'second', 'square'] : ['first', 'square']);
  const ensemble = (classes: number) =>
    new Aggregator([{ label: 'all', options: {}, attack: like('all', { members }) }], {
      ...{ threat: { norm: 'linf', epsilon: 0.5 }, classes, eightBit: false },
      knowledgeOf: (member) => (member === 'square' ? 'scores' : undefined),
    });
  const by = (id: number, member: string, outcome: SampleRecord['outcome'] = 'broken') => record(id, 'all', { outcome, adversarial: 9, ...at(0.5), by: member });

  test('are counted where they were tried, each on what those before it left', () => {
    const aggregator = ensemble(10);
    for (const one of [by(0, 'first'), by(1, 'first'), by(2, 'second'), by(3, 'square'), record(4, 'all', {}), record(5, 'all', { outcome: 'error' })]) aggregator.add(one, 0);
    aggregator.add(record(6, 'all', { clean: 8, outcome: 'wrong' }), 0);
    expect(aggregator.figures((k, n) => [k, n]).attacks[0]!.members).toEqual([
      { name: 'first', evaluated: 5, broken: 2 },
      { name: 'second', evaluated: 3, broken: 1 },
      { name: 'square', evaluated: 2, broken: 1 },
    ]);
    expect(aggregator.strengths.onlyToFree).toEqual([3]);
  });

  test('are those that the model has classes enough for; a success by any other is an error of ours', () => {
    const aggregator = ensemble(3);
    aggregator.add(by(0, 'square'), 0);
    expect(aggregator.figures((k, n) => [k, n]).attacks[0]!.members!.map(({ name }) => name)).toEqual(['first', 'square']);
    expect(() => aggregator.add(by(1, 'second'), 0)).toThrow("all was broken by 'second': expected one of its members first, square");
  });

  test('after one whose success the original model denies were not tried', () => {
    const aggregator = ensemble(10);
    aggregator.add({ ...by(0, 'first', 'survived'), disagreed: true }, 0);
    expect(aggregator.figures((k, n) => [k, n]).attacks[0]!.members!.map(({ evaluated, broken }) => [evaluated, broken])).toEqual([[1, 0], [0, 0], [0, 0]]);
  });
});
