import * as v from 'valibot';
import { describe, expect, test } from 'vitest';
import type { Attack, AttackContext } from '../../src/core/attack.ts';
import { unitBounds } from '../../src/core/bounds.ts';
import { distances } from '../../src/core/norms.ts';
import { evaluate } from '../../src/evaluate/evaluate.ts';
import type { Judged, PlannedAttack, Trial } from '../../src/evaluate/trial.ts';
import { linearOracle } from '../support/linearOracle.ts';

/** Class 0 where the first value is below one half. */
const halves = [
  [-1, 0],
  [1, 0],
];
const bias = [0.5, -0.5];

/** Moves the first value up by `reach` (or epsilon, where that is less), and asks one question. */
const pushing = (reach: (context: AttackContext) => number): Attack => ({
  name: 'push',
  summary: '',
  when: '',
  cost: () => ({ gradient: 0, forward: 1 }),
  norms: ['linf'],
  knowledge: 'scores',
  options: v.object({}),
  *run(context) {
    const adv = context.x.slice();
    adv[0] = (adv[0] ?? 0) + reach(context);
    yield { want: 'scores', at: adv };
    return adv;
  },
});

const epsilons = [0.1, 0.2, 0.4];
const atEach = (attack: Attack): PlannedAttack[] =>
  epsilons.map((epsilon) => ({ label: `push@${epsilon}`, series: 'push', repeat: 0, attack, options: {}, epsilon }));

async function judgedOf(attacks: readonly PlannedAttack[], first: number, change: Partial<Trial> = {}): Promise<Judged[]> {
  const judged: Judged[] = [];
  async function* source() {
    yield await Promise.resolve({ id: 3, x: Float32Array.of(first, 0.5), y: 0 });
  }
  const trial: Trial = {
    ...{ attacks, norm: 'linf', epsilon: 0.4, bounds: unitBounds, target: undefined, seed: 0, shape: [2], classes: 2, labels: 'given', eightBit: false },
    ...change,
  };
  const emit = (one: Judged) => {
    judged.push(structuredClone(one, { transfer: one.point ? [one.point.buffer] : [] })); // as a worker thread does
  };
  await evaluate(linearOracle(halves, bias, 4), source(), trial, emit);
  return judged;
}

const told = (judged: readonly Judged[]) =>
  judged.map(({ record: { attack, epsilon, outcome, forwardQueries } }) => [attack, epsilon, outcome, forwardQueries]);

describe('an attack at several epsilons', () => {
  test('goes on from the smallest at which it succeeds: the same point, without a query', async () => {
    const judged = await judgedOf(atEach(pushing(({ epsilon }) => epsilon)), 0.35);
    expect(told(judged)).toEqual([
      ['push@0.1', 0.1, 'survived', 1],
      ['push@0.2', 0.2, 'broken', 1],
      ['push@0.4', 0.4, 'broken', 0],
    ]);
    const [, found, larger] = judged;
    expect(larger!.point).toEqual(found!.point);
    expect(larger!.record.distances).toEqual(distances(found!.point!, Float32Array.of(0.35, 0.5)));
  });

  test('is run at each as if it were the only one', async () => {
    const all = await judgedOf(atEach(pushing(({ epsilon }) => epsilon)), 0.35);
    for (const [at, planned] of atEach(pushing(({ epsilon }) => epsilon)).slice(0, 2).entries()) {
      expect(await judgedOf([planned], 0.35)).toEqual([all[at]]);
    }
  });

  test('is run again where the model draws random numbers, and still never loses what it had', async () => {
    // Succeeds at 0.2 only, which is asked about 19 times more.
    const fickle = atEach(pushing(({ epsilon }) => (epsilon === 0.2 ? 0.2 : 0)));
    expect(told(await judgedOf(fickle, 0.35, { random: true }))).toEqual([
      ['push@0.1', 0.1, 'survived', 1],
      ['push@0.2', 0.2, 'broken', 20],
      ['push@0.4', 0.4, 'broken', 1],
    ]);
  });

  test('does not go on from another attack of the same name', async () => {
    const [small] = atEach(pushing(() => 0.1));
    const other = atEach(pushing(() => 0)).map((planned) => ({ ...planned, label: `${planned.label}#2`, repeat: 1 }));
    expect(told(await judgedOf([small!, ...other], 0.45)).map(([, , outcome]) => outcome)).toEqual(['broken', 'survived', 'survived', 'survived']);
  });

  test('says anew whether 8 bits take the point out of the budget', async () => {
    const judged = await judgedOf(atEach(pushing(() => 0.1)), 0.452, { eightBit: true });
    expect(judged.map(({ record }) => record.outside8bit)).toEqual([true, undefined, undefined]);
  });

  test('never calls misclassified examples anything but wrong', async () => {
    expect(told(await judgedOf(atEach(pushing(({ epsilon }) => epsilon)), 0.6)).map(([, , outcome]) => outcome)).toEqual(['wrong', 'wrong', 'wrong']);
  });
});
