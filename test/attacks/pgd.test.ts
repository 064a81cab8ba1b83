import { describe, expect, test } from 'vitest';
import { pgd } from '../../attacks/pgd.ts';
import { uniformNoise } from '../../attacks/uniformNoise.ts';
import { gaussianNoise } from '../../attacks/gaussianNoise.ts';
import { UserError } from '../../src/core/errors.ts';
import { distances } from '../../src/core/norms.ts';
import { outcomes } from '../support/attackRuns.ts';
import { linearOracle } from '../support/linearOracle.ts';

// z₀ − z₁ = 2 (x₀ + x₁) − 1.6 with z₂ far below: x = (.5, .5) is class 0, at Linf distance 0.1 from class 1.
const oracle = linearOracle([[1, 1, 0], [-1, -1, 0], [0, 0, 0]], [-0.8, 0.8, -9]);
const example = { id: 0, x: Float32Array.of(0.5, 0.5, 0.5), y: 0 };
const run = async (options: Record<string, unknown>, epsilon: number, seed = 0) =>
  (await outcomes(pgd, oracle, [example], { norm: 'linf', epsilon, options, seed }))[0]!;

describe('pgd', () => {
  test('takes every step when it must not stop', async () => {
    const { record } = await run({ steps: 7, stopWhenFooled: false }, 0.4);
    expect(record).toMatchObject({ outcome: 'broken', gradientQueries: 7, forwardQueries: 0 });
  });

  test('stops at the first success', async () => {
    const { record } = await run({ steps: 100, stepSize: 0.125, randomStart: false }, 0.4);
    // Steps of 0.05: the boundary at 0.1 is a tie, so that the third step succeeds and the fourth query sees it.
    expect(record.outcome).toBe('broken');
    expect(record.gradientQueries).toBeLessThanOrEqual(4);
  });

  test('spends every restart on a point it cannot break, and looks at the end of each', async () => {
    const { record } = await run({ steps: 5, restarts: 3 }, 0.05);
    expect(record).toMatchObject({ outcome: 'survived', gradientQueries: 15, forwardQueries: 3 });
  });

  test('needs no further restart after a success', async () => {
    const { record } = await run({ steps: 5, restarts: 3 }, 0.4);
    expect(record.outcome).toBe('broken');
    expect(record.gradientQueries).toBeLessThanOrEqual(5);
  });

  test('returns the restart that ends with the highest loss', async () => {
    // One tiny step: what is returned is nearly the start. The loss falls with x₀ + x₁.
    const height = ({ point }: Awaited<ReturnType<typeof run>>) => point![0]! + point![1]!;
    const options = { steps: 1, stepSize: 1e-6 };
    for (let seed = 0; seed < 5; seed++) {
      const one = height(await run({ ...options, restarts: 1 }, 0.05, seed));
      const many = height(await run({ ...options, restarts: 30 }, 0.05, seed));
      expect(many).toBeLessThanOrEqual(one);
      expect(many).toBeLessThan(0.95); // the chance that none of 30 is this low is below 1 %, and the seeds are fixed
    }
  });

  test.each(['crossEntropy', 'margin', 'dlr'])('ascends %s', async (loss) => {
    const { record } = await run({ loss, restarts: 2 }, 0.11);
    expect(record.outcome).toBe('broken');
  });

  test('refuses a loss that the model has too few classes for', async () => {
    const twoClasses = linearOracle([[1, 1, 0], [-1, -1, 0]], [-0.8, 0.8]);
    const refused = outcomes(pgd, twoClasses, [example], { norm: 'linf', epsilon: 0.2, options: { loss: 'dlr' } });
    await expect(refused).rejects.toThrow(new UserError("loss 'dlr': expected a model of at least 3 classes here, found 2"));
  });

  test('with the exact projection spends the whole L2 budget where clipping wastes it', async () => {
    // x₀ may move down by 0.1 only; the rest of the budget belongs to x₁.
    const given = { ...example, x: Float32Array.of(0.1, 0.9, 0.5) };
    const reach = async (projection: string) => {
      const options = { projection, stopWhenFooled: false, randomStart: false };
      const [outcome] = await outcomes(pgd, oracle, [given], { norm: 'l2', epsilon: 0.5, options });
      return distances(outcome!.point!, given.x).l2;
    };
    expect(await reach('exact')).toBeCloseTo(0.5, 5);
    expect(await reach('clip')).toBeLessThan(0.499);
  });
});

describe.each([uniformNoise, gaussianNoise])('$name', (attack) => {
  const draws = async (epsilon: number, count: number) =>
    (await outcomes(attack, oracle, [example], { norm: 'linf', epsilon, options: { draws: count } }))[0]!.record;

  test('finds what is easily found, and stops there', async () => {
    const record = await draws(0.5, 200);
    expect(record.outcome).toBe('broken');
    expect(record.forwardQueries).toBeLessThan(200);
  });

  test('asks exactly as often as it may when nothing is found', async () => {
    expect(await draws(0.05, 37)).toMatchObject({ outcome: 'survived', forwardQueries: 37, gradientQueries: 0 });
  });
});
