import { describe, expect, test } from 'vitest';
import { apgdCe } from '../../attacks/apgdCe.ts';
import { apgdDlr } from '../../attacks/apgdDlr.ts';
import { apgdL1 } from '../../attacks/apgdL1.ts';
import { apgdT } from '../../attacks/apgdT.ts';
import type { Attack } from '../../src/core/attack.ts';
import { UserError } from '../../src/core/errors.ts';
import { distances, type Norm } from '../../src/core/norms.ts';
import { outcomes } from '../support/attackRuns.ts';
import { linearOracle } from '../support/linearOracle.ts';
import { watched } from './tables.ts';

// z₀ − z₁ = 2 (x₀ + x₁) − 1.6 with z₂ and z₃ far below: x = (.5, .5) is class 0, at Linf distance 0.1 from class 1.
const rows = [[1, 1, 0], [-1, -1, 0], [0, 0, 1], [0, 0, -1]];
const bias = [-0.8, 0.8, -9, -9];
const oracle = linearOracle(rows, bias);
const x = Float32Array.of(0.5, 0.5, 0.5);
const run = async (attack: Attack, epsilon: number, options: Record<string, unknown> = {}, norm: Norm = 'linf', target?: number, model = oracle) =>
  (await outcomes(attack, model, [{ id: 0, x, y: 0 }], { norm, epsilon, options, ...(target !== undefined && { target }) }))[0]!;

describe('apgd', () => {
  test.each([
    { attack: apgdCe, options: { steps: 20, restarts: 3 }, norm: 'linf', gradients: 3 * 21 },
    { attack: apgdDlr, options: { steps: 20 }, norm: 'l2', gradients: 21 },
    { attack: apgdT, options: { steps: 20 }, norm: 'linf', gradients: 3 * 21 },
    { attack: apgdT, options: { steps: 20, targets: 2, restarts: 2 }, norm: 'linf', gradients: 4 * 21 },
    { attack: apgdCe, options: { steps: 20, draws: 4 }, norm: 'linf', gradients: 4 * 21 },
    { attack: apgdL1, options: { steps: 20, restarts: 2 }, norm: 'l1', gradients: 2 * 23 },
    { attack: apgdL1, options: { steps: 20, restarts: 2, radii: 'fixed' }, norm: 'l1', gradients: 2 * 21 },
  ] as const)('$attack.name asks what it says it costs, of an example that survives: $options', async ({ attack, options, norm, gradients }) => {
    const { record } = await run(attack, 0.05, options, norm);
    expect(record).toMatchObject({ outcome: 'survived', gradientQueries: gradients, forwardQueries: 0 });
  });

  test.each([apgdCe, apgdDlr, apgdT])('$name stops at the first success, and takes every step when it must not', async (attack) => {
    expect((await run(attack, 0.4)).record.gradientQueries).toBeLessThan(10);
    expect((await run(attack, 0.4, { steps: 7, stopWhenFooled: false })).record).toMatchObject({ outcome: 'broken', gradientQueries: 8 });
  });

  test('starts at distance epsilon, and halves its steps of 2 ε when they no longer rise', async () => {
    const { oracle: asking, asked } = watched(oracle);
    await run(apgdCe, 0.05, { steps: 100 }, 'l2', undefined, asking);
    const points = asked.slice(1, 102); // the clean example before, the judge's point after
    expect(distances(points[0]!, x).l2).toBeCloseTo(0.05, 6);
    // Where the ball is passed at every step the point soon rests at the best of it, along −(1, 1, 0).
    const best = 0.5 - 0.05 / Math.SQRT2;
    [best, best, 0.5].forEach((value, i) => expect(points.at(-1)![i]).toBeCloseTo(value, 4));
  });

  test('returns the highest iterate when none fools', async () => {
    const { oracle: asking, asked } = watched(oracle);
    const { point } = await run(apgdCe, 0.05, { steps: 3 }, 'linf', undefined, asking);
    const height = (at: Float32Array) => -(at[0]! + at[1]!);
    expect(height(point!)).toBe(Math.max(...asked.map(height)));
  });

  test('returns the last iterate that fooled when it does not stop', async () => {
    const { oracle: asking, asked } = watched(oracle);
    const { point, record } = await run(apgdCe, 0.3, { steps: 10, stopWhenFooled: false }, 'linf', undefined, asking);
    expect(record.outcome).toBe('broken');
    const fooled = asked.slice(0, -1).filter((at) => at[0]! + at[1]! < 0.8);
    expect(point).toEqual(fooled.at(-1));
  });
});

describe('few classes', () => {
  const few = (classes: number) => linearOracle(rows.slice(0, classes), bias.slice(0, classes));

  test('apgd-dlr refuses what has no ratio, in one line', async () => {
    await expect(run(apgdDlr, 0.2, {}, 'linf', undefined, few(2))).rejects.toThrow(new UserError("loss 'dlr': expected a model of at least 3 classes here, found 2"));
  });

  test('apgd-dlr aimed at one of three classes climbs the difference of logits', async () => {
    expect((await run(apgdDlr, 0.101, {}, 'linf', 1, few(3))).record).toMatchObject({ outcome: 'broken', adversarial: 1 });
  });

  test.each([2, 3])('apgd-t climbs the difference of logits of %d classes', async (classes) => {
    expect((await run(apgdT, 0.101, {}, 'linf', undefined, few(classes))).record.outcome).toBe('broken');
    const { record } = await run(apgdT, 0.09, {}, 'linf', undefined, few(classes));
    expect(record).toMatchObject({ outcome: 'survived', gradientQueries: 101 * (classes - 1) });
  });
});

test.each([apgdCe, apgdDlr, apgdT])('$name reaches the class it is told to', async (attack) => {
  const { record } = await run(attack, 0.2, {}, 'linf', 1);
  expect(record).toMatchObject({ outcome: 'broken', target: 1, adversarial: 1 });
  // Class 2 is out of reach: a targeted run wants nothing else.
  expect((await run(attack, 0.01, {}, 'linf', 2)).record).toMatchObject({ outcome: 'survived', target: 2 });
});

test('apgd-l1 moves few coordinates: the one that is worth most, where one is enough', async () => {
  const size = 50;
  const w = Array.from({ length: size }, (_, i) => (i === 7 ? 3 : 1 - i / 64));
  const b = 0.44 - 0.5 * w.reduce((sum, weight) => sum + weight, 0);
  const wide = linearOracle([w, w.map((weight) => -weight)], [b, -b]);
  const example = { id: 0, x: new Float32Array(size).fill(0.5), y: 0 };
  // The boundary is 0.44 / 3 away along coordinate 7.
  const outcome = async (times: number) => (await outcomes(apgdL1, wide, [example], { norm: 'l1', epsilon: (times * 0.44) / 3 }))[0]!.record.outcome;
  expect(await outcome(0.999)).toBe('survived');
  expect(await outcome(1.02)).toBe('broken');
});
