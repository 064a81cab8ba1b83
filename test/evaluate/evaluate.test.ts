import * as v from 'valibot';
import { describe, expect, test } from 'vitest';
import { attacks } from '../../attacks/index.ts';
import type { Attack, AttackContext, Run } from '../../src/core/attack.ts';
import { unitBounds } from '../../src/core/bounds.ts';
import { UserError } from '../../src/core/errors.ts';
import { distances } from '../../src/core/norms.ts';
import type { Norm } from '../../src/core/norms.ts';
import { randomOf } from '../../src/core/random.ts';
import type { SampleRecord } from '../../src/core/record.ts';
import { evaluate } from '../../src/evaluate/evaluate.ts';
import type { Example } from '../../src/evaluate/example.ts';
import type { PlannedAttack, Trial } from '../../src/evaluate/trial.ts';
import { linearOracle } from './linearOracle.ts';

/** Three classes over four coordinates: whichever of the first three is largest. */
const first3 = [
  [1, 0, 0, 0],
  [0, 1, 0, 0],
  [0, 0, 1, 0],
];

function attackOf(run: (context: AttackContext) => Run): Attack {
  return { name: 'test', summary: '', when: '', cost: () => ({ gradient: 0, forward: 0 }), norms: ['linf', 'l2', 'l1', 'l0'], knowledge: 'scores', options: v.object({}), run };
}

const planned = (attack: Attack, options: Record<string, unknown> = {}, repeat = 0): PlannedAttack => ({
  label: attack.name,
  repeat,
  attack,
  options,
});

function named(name: string, options: Record<string, unknown> = {}): PlannedAttack {
  const attack = attacks[name]!;
  return planned(attack, v.parse(attack.options, options) as Record<string, unknown>);
}

interface Setting {
  readonly attacks: readonly PlannedAttack[];
  readonly norm?: Norm;
  readonly epsilon?: number;
  readonly target?: Trial['target'];
  readonly labels?: Trial['labels'];
  readonly batchSize?: number;
}

async function recordsOf(examples: readonly Example[], { batchSize = 4, ...setting }: Setting): Promise<SampleRecord[]> {
  const records: SampleRecord[] = [];
  async function* source() {
    for (const example of examples) yield await Promise.resolve(example);
  }
  const trial: Trial = {
    norm: 'linf',
    epsilon: 0.1,
    bounds: unitBounds,
    target: undefined,
    seed: 7,
    shape: [4],
    classes: 3,
    labels: 'given',
    eightBit: false,
    ...setting,
  };
  await evaluate(linearOracle(first3, batchSize), source(), trial, ({ record }) => records.push(record));
  return records.sort((a, b) => a.id - b.id || a.attack.localeCompare(b.attack));
}

const example = (id: number, y: number, ...x: number[]): Example => ({ id, y, x: Float32Array.from(x) });
/** An attack that asks nothing. */
const returning = (point: (context: AttackContext) => Float32Array) =>
  attackOf(function* (context) {
    yield* [];
    return point(context);
  });
const staysAt = returning(({ x }) => x);

describe('the judge', () => {
  test('calls a misclassified clean example wrong and runs nothing on it', async () => {
    const never = attackOf(() => {
      throw new Error('was run');
    });
    const [record] = await recordsOf([example(3, 1, 0.9, 0.2, 0.1, 0)], { attacks: [planned(never)] });
    expect(record).toEqual({
      id: 3,
      attack: 'test',
      label: 1,
      clean: 0,
      outcome: 'wrong',
      forwardQueries: 0,
      gradientQueries: 0,
    });
  });

  test('counts a tie for the label, before and after the attack', async () => {
    const [record] = await recordsOf([example(0, 1, 0.5, 0.5, 0, 0)], { attacks: [planned(staysAt)] });
    expect(record).toMatchObject({ clean: 1, outcome: 'survived', adversarial: 1 });
  });

  test('records what was found, how far away, and what it cost', async () => {
    const exchange = attackOf(function* ({ x }) {
      yield { want: 'scores', at: x };
      yield { want: 'gradient', at: x };
      return Float32Array.of(x[0]! - 0.0625, x[1]! + 0.0625, x[2]!, x[3]!);
    });
    const [record] = await recordsOf([example(0, 0, 0.5, 0.5 - 2 ** -6, 0, 0)], { attacks: [planned(exchange)] });
    expect(record).toMatchObject({ outcome: 'broken', adversarial: 1, forwardQueries: 1, gradientQueries: 1 });
    expect(record?.distances).toEqual({ linf: 0.0625, l2: Math.SQRT2 * 0.0625, l1: 0.125, l0: 2 });
  });

  test('has no tolerance: one ulp outside is brought in', async () => {
    const x = Float32Array.of(0.7, 0.1, 0.1, 0.1);
    const outside = returning(() => Float32Array.of(0.6, 0.2, 0.1, 0.1));
    const [record] = await recordsOf([{ id: 0, y: 0, x }], { attacks: [planned(outside)], epsilon: 0.1 });
    const raw = distances(x, Float32Array.of(0.6, 0.2, 0.1, 0.1)).linf;
    expect(raw).toBeGreaterThan(0.1);
    expect(record!.distances!.linf).toBeLessThanOrEqual(0.1);
    expect(record!.distances!.linf).toBeGreaterThan(0.0999999);
  });

  test('takes no result of an attack that changed its example, and gives the next one the true one', async () => {
    const cheating = returning(({ x }) => x.fill(0));
    const records = await recordsOf([example(0, 0, 0.9, 0.1, 0, 0)], {
      attacks: [planned(cheating), { ...planned(staysAt), label: 'then' }],
    });
    expect(records).toMatchObject([
      { attack: 'test', outcome: 'error', error: 'the attack changed its example' },
      { attack: 'then', outcome: 'survived', distances: { linf: 0 } },
    ]);
  });

  test('makes an unreported success visible, but only one inside the budget', async () => {
    const losing = (distance: number) =>
      attackOf(function* ({ x }) {
        yield { want: 'scores', at: Float32Array.of(x[0]! - distance, x[1]! + distance, x[2]!, x[3]!) };
        return x;
      });
    const near = await recordsOf([example(0, 0, 0.5, 0.4, 0, 0)], { attacks: [planned(losing(0.0625))] });
    expect(near).toMatchObject([{ outcome: 'survived', silentSuccess: true }]);
    const far = await recordsOf([example(0, 0, 0.5, 0.4, 0, 0)], { attacks: [planned(losing(0.25))] });
    expect(far[0]).not.toHaveProperty('silentSuccess');
  });

  test('a smallest perturbation that was seen inside the budget and returned from outside is one, too', async () => {
    const moved = (x: Float32Array, by: number) => Float32Array.of(x[0]! - by, x[1]! + by, x[2]!, x[3]!);
    const returningFrom = (by: number) => ({
      ...attackOf(function* ({ x }) {
        yield { want: 'scores', at: moved(x, 0.0625) };
        return moved(x, by);
      }),
      finds: 'smallest' as const,
    });
    const [farther] = await recordsOf([example(0, 0, 0.5, 0.4, 0, 0)], { attacks: [planned(returningFrom(0.25))] });
    expect(farther).toMatchObject({ outcome: 'survived', silentSuccess: true });
    expect(farther!.smallest).toBeCloseTo(0.25);
    const [same] = await recordsOf([example(0, 0, 0.5, 0.4, 0, 0)], { attacks: [planned(returningFrom(0.0625))] });
    expect(same).toMatchObject({ outcome: 'broken' });
    expect(same).not.toHaveProperty('silentSuccess');
  });
});

describe('an attack that fails is an error, never a survivor', () => {
  const failures: [string, (context: AttackContext) => Run, RegExp][] = [
    ['throws at once', () => { throw new Error('bang'); }, /bang/],
    ['throws later', function* ({ x }) { yield { want: 'scores', at: x }; throw new Error('bang'); }, /bang/],
    ['returns too few values', function* () { yield* []; return Float32Array.of(1); }, /returned 1 values: expected 4/],
    ['returns no array', function* () { yield* []; return undefined as unknown as Float32Array; }, /no Float32Array/],
    ['returns NaN', function* () { yield* []; return new Float32Array(4).fill(NaN); }, /not finite/],
    ['makes the model give NaN', function* ({ x }) { yield { want: 'scores', at: x.map(() => NaN) }; return x; }, /logits are not finite/],
    ['hides that', function* ({ x }) { try { yield { want: 'scores', at: x.map(() => NaN) }; } catch { /* hidden */ } return x; }, /logits are not finite/],
  ];
  test.each(failures)('%s', async (_, run, message) => {
    const records = await recordsOf([example(0, 0, 0.9, 0, 0, 0), example(1, 0, 0.9, 0, 0, 0)], {
      attacks: [planned(attackOf(run)), { ...planned(staysAt), label: 'next' }],
    });
    expect(records.map(({ outcome }) => outcome)).toEqual(['survived', 'error', 'survived', 'error']);
    expect(records[1]?.error).toMatch(message);
  });

  test('of the user, such as a loss the model has too few classes for, ends the scan', async () => {
    const refusing = attackOf(() => {
      throw new UserError('loss dlr: expected 3 classes');
    });
    await expect(recordsOf([example(0, 0, 0.9, 0, 0, 0)], { attacks: [planned(refusing)] })).rejects.toThrow(UserError);
  });

  test('is what a clean example without finite logits gives under every attack', async () => {
    const records = await recordsOf([example(0, 0, NaN, 0, 0, 0)], { attacks: [planned(staysAt)] });
    expect(records).toMatchObject([{ outcome: 'error', clean: -1, error: "the model's logits are not finite: NaN, NaN, NaN" }]);
  });
});

describe('predicted labels', () => {
  const setting = { attacks: [planned(staysAt)], labels: 'predicted' } as const;

  test('are what the model says of the clean example, whatever the data says', async () => {
    const records = await recordsOf([example(0, 2, 0.1, 0.9, 0, 0), example(1, 7, 0.5, 0.5, 0, 0)], setting);
    expect(records).toMatchObject([
      { label: 1, clean: 1, outcome: 'survived' },
      { label: 0, clean: 0, outcome: 'survived' },
    ]);
  });

  test('of an example that the model fails on are none, and it is an error', async () => {
    const [record] = await recordsOf([example(0, 7, NaN, 0, 0, 0)], setting);
    expect(record).toMatchObject({ label: 0, clean: -1, outcome: 'error' });
  });
});

describe('targets', () => {
  const spec = { attacks: [planned(staysAt)] };
  const examples = Array.from({ length: 60 }, (_, id) => example(id, 1, 0.2, 0.9, 0.1, 0));

  test('are one class, a random other one, or the least likely', async () => {
    const targets = async (target: Trial['target']) => (await recordsOf(examples, { ...spec, target })).map((r) => r.target);
    expect(new Set(await targets(2))).toEqual(new Set([2]));
    expect(new Set(await targets('least-likely'))).toEqual(new Set([2]));
    expect(new Set(await targets('random'))).toEqual(new Set([0, 2]));
  });

  test('missed count as broken when another wrong class was reached', async () => {
    const toClass0 = returning(({ x }) => Float32Array.of(0.6, 0.5, x[2]!, x[3]!));
    const records = await recordsOf([example(0, 1, 0.5, 0.55, 0.1, 0)], { attacks: [planned(toClass0)], target: 2 });
    expect(records).toMatchObject([{ outcome: 'broken', adversarial: 0, target: 2 }]);
  });
});

describe('the same outcome', () => {
  const random = randomOf(3);
  const examples = Array.from({ length: 40 }, (_, id) => {
    const x = Float32Array.from({ length: 4 }, () => random.uniform());
    return { id, y: [0, 1, 2].reduce((best, k) => (x[k]! > x[best]! ? k : best), 0), x };
  });
  const setting = { attacks: [named('fgsm'), named('pgd', { steps: 5, restarts: 2 }), named('uniform-noise')] };

  test.each([1, 7, 64])('at batch size %i and in any order of the examples', async (batchSize) => {
    const expected = await recordsOf(examples, setting);
    expect(new Set(expected.map(({ outcome }) => outcome))).toEqual(new Set(['broken', 'survived']));
    expect(await recordsOf(examples.toReversed(), { ...setting, batchSize })).toEqual(expected);
  });

  test('whatever other attacks run beside it', async () => {
    const all = await recordsOf(examples, setting);
    const alone = await recordsOf(examples, { attacks: [setting.attacks[1]!] });
    expect(alone).toEqual(all.filter(({ attack }) => attack === 'pgd'));
  });

  test('not for a second attack of the same name, which draws other numbers', async () => {
    const pgd = named('pgd', { steps: 1 });
    const records = await recordsOf(examples, { attacks: [pgd, { ...pgd, label: 'pgd#2', repeat: 1 }] });
    const distancesOf = (label: string) => records.filter(({ attack }) => attack === label).map((r) => r.distances?.l2);
    expect(distancesOf('pgd')).not.toEqual(distancesOf('pgd#2'));
  });
});
