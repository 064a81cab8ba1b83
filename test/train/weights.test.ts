import { describe, expect, test } from 'vitest';
import { perturbedWeights } from '../../src/train/awp.ts';
import { clipNorm } from '../../src/train/clipNorm.ts';
import { average } from '../../src/train/ema.ts';

const values = (named: Record<string, readonly number[]>) => new Map(Object.entries(named).map(([name, data]) => [name, Float32Array.from(data)]));

describe('running means of the weights', () => {
  test('follow the weights by the closed form once the first steps are over', () => {
    const means = values({ a: [1], b: [0, 8] });
    for (let step = 1000; step < 1010; step++) average(means, values({ a: [0], b: [1, 8], c: [5] }), 0.9, step);
    expect(means.get('a')![0]).toBeCloseTo(0.9 ** 10, 6);
    expect(means.get('b')![0]).toBeCloseTo(1 - 0.9 ** 10, 6);
    expect(means.get('b')![1]).toBe(8);
  });

  test('are not held by the first weights', () => {
    const means = values({ a: [1] });
    average(means, values({ a: [0] }), 0.999, 0);
    expect(means.get('a')![0]).toBeCloseTo(0.1, 7);
    average(means, values({ a: [0] }), 0.999, 1);
    expect(means.get('a')![0]).toBeCloseTo(0.1 * (2 / 11), 7);
  });

  test.each([[{ a: [1, 2, 3] }, 3], [{ b: [1, 2] }, 'none']])('belong to weights of their own: %j', (weights, found) => {
    expect(() => average(values({ a: [1, 2] }), values(weights as Record<string, number[]>), 0.9, 0)).toThrow(`parameter a: expected 2 numbers, found ${found}`);
  });
});

describe('clipping', () => {
  test('shortens all gradients by one factor', () => {
    const gradients = values({ a: [3, 0], b: [0, 0, 4] });
    expect(clipNorm(gradients, 2.5)).toBe(5);
    expect(gradients).toEqual(values({ a: [1.5, 0], b: [0, 0, 2] }));
  });

  test('leaves short ones alone', () => {
    const gradients = values({ a: [3], b: [4] });
    expect(clipNorm(gradients, 5)).toBe(5);
    expect(gradients).toEqual(values({ a: [3], b: [4] }));
  });

  test.each([NaN, Infinity])('says that they hold %d, and leaves them alone', (bad) => {
    const gradients = values({ a: [3], b: [bad] });
    expect(Number.isFinite(clipNorm(gradients, 1))).toBe(false);
    expect(gradients).toEqual(values({ a: [3], b: [bad] }));
  });
});

describe('adversarially perturbed weights', () => {
  const norm = (vector: readonly number[]) => Math.hypot(...vector);
  const perturbed = (shapes: Record<string, number[]>, weights: Record<string, number[]>, gradients: Record<string, number[]>, gamma: number) =>
    perturbedWeights(Object.entries(shapes).map(([name, shape]) => ({ name, shape })), values(weights), values(gradients), gamma);

  test('lie gamma · ‖w‖ along the gradient of each tensor', () => {
    const moved = perturbed({ dense: [2, 1], conv: [1, 1, 1, 2] }, { dense: [3, 4], conv: [0, 10] }, { dense: [0, -7], conv: [1e-6, 0] }, 0.01);
    expect(Array.from(moved, ([name, data]) => [name, ...Array.from(data, (value) => value.toFixed(5))])).toEqual([
      ['dense', '3.00000', '3.95000'],
      ['conv', '0.10000', '10.00000'],
    ]);
  });

  test('raise a linear loss by gamma · ‖w‖ · ‖g‖, the most that such a step can', () => {
    const [w, g] = [[1, -2, 0.5, 4], [0.3, 0.1, -2, 1]];
    const moved = perturbed({ w: [2, 2] }, { w }, { w: g }, 0.05).get('w')!;
    const risen = w.reduce((sum, weight, i) => sum + (moved[i]! - weight) * g[i]!, 0);
    expect(risen).toBeCloseTo(0.05 * norm(w) * norm(g), 5);
  });

  test('are the same for biases, scales, and tensors without or of zero gradient', () => {
    const weights = { bias: [1, 2], flat: [3, 4], frozen: [5], moved: [6] };
    const shapes = { bias: [2], flat: [1, 2], frozen: [1, 1], moved: [1, 1] };
    const found = perturbed(shapes, weights, { bias: [1, 1], flat: [0, 0], moved: [1] }, 0.5);
    expect(found).toEqual(values({ ...weights, moved: [9] }));
  });

  test('leave the originals alone', () => {
    const weights = values({ w: [2] });
    expect(perturbedWeights([{ name: 'w', shape: [1, 1] }], weights, values({ w: [1] }), 0.5)).toEqual(values({ w: [3] }));
    expect(weights).toEqual(values({ w: [2] }));
  });
});
