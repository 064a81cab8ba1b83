import { describe, expect, test } from 'vitest';
import { distances } from '../../src/core/norms.ts';
import { argmax } from '../../src/evaluate/prediction.ts';
import { craft } from '../../src/train/innerAttack.ts';
import { parameterOracleOf, quadrants, quadrantTask } from './quadrants.ts';

describe('inner attacks', async () => {
  const task = await quadrantTask({ method: 'pgd(steps=3)' });
  const { inner, trial } = task;
  if ('replays' in inner) throw new Error('pgd attacks');
  const oracle = await parameterOracleOf(task, 16);
  const examples = quadrants(16, 3);
  const size = oracle.size;
  const row = (values: Float32Array, at: number) => values.subarray(at * size, (at + 1) * size);
  const all = Float32Array.from(examples.flatMap(({ x }) => [...x]));

  test('move every example within epsilon, also those that are misclassified already', async () => {
    const { logits } = await oracle.predict(all, 16);
    const wrong = examples.filter(({ y }, at) => argmax(logits.slice(at * 4, at * 4 + 4)) !== y);
    expect(wrong.length).toBeGreaterThan(4);
    const advs = await craft(oracle, examples, { ...inner, trial }, 0);
    for (const [at, { x }] of examples.entries()) {
      const { linf } = distances(x, row(advs, at));
      expect(linf).toBeLessThanOrEqual(0.1);
      expect(linf).toBeGreaterThan(0.09);
    }
  });

  test('do not depend on the batch, and differ from epoch to epoch', async () => {
    const advs = await craft(oracle, examples, { ...inner, trial }, 0);
    const some = await craft(oracle, examples.slice(3, 7), { ...inner, trial }, 0);
    expect(some).toEqual(advs.slice(3 * size, 7 * size));
    expect(await craft(oracle, examples, { ...inner, trial }, 1)).not.toEqual(advs);
  });

  test.each(['label', 'clean'] as const)('away from the %s raise the loss that they are told to', async (away) => {
    const of = async (points: Float32Array) => (await oracle.predict(points, 16)).logits.slice();
    const advs = await craft(oracle, examples, { ...inner, away, trial }, 0);
    const [before, after] = [await of(all), await of(advs)];
    const logP = (z: Float32Array) => z.map((value) => value - Math.log(z.reduce((sum, other) => sum + Math.exp(other), 0)));
    for (const [at, { y }] of examples.entries()) {
      const [p, q] = [logP(before.slice(at * 4, at * 4 + 4)), logP(after.slice(at * 4, at * 4 + 4))];
      if (away === 'label') expect(q[y]!).toBeLessThan(p[y]!);
      else expect(p.reduce((sum, value, k) => sum + Math.exp(value) * (value - q[k]!), 0)).toBeGreaterThan(1e-4);
    }
  });
});
