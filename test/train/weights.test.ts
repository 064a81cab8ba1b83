import { describe, expect, test } from 'vitest';
import { perturbedWeights } from '../../src/train/awp.ts';
import { clipNorm } from '../../src/train/clipNorm.ts';
import { average } from '../../src/train/ema.ts';

describe('running means of the weights', () => {
  test('follow the weights by the closed form once the first steps are over', () => {
    const means = [Float32Array.of(1), Float32Array.of(0, 8)];
    for (let step = 1000; step < 1010; step++) average(means, [Float32Array.of(0), Float32Array.of(1, 8)], 0.9, step);
    expect(means[0]![0]).toBeCloseTo(0.9 ** 10, 6);
    expect(means[1]![0]).toBeCloseTo(1 - 0.9 ** 10, 6);
    expect(means[1]![1]).toBe(8);
  });

  test('are not held by the first weights', () => {
    const means = [Float32Array.of(1)];
    average(means, [Float32Array.of(0)], 0.999, 0);
    expect(means[0]![0]).toBeCloseTo(0.1, 7);
    average(means, [Float32Array.of(0)], 0.999, 1);
    expect(means[0]![0]).toBeCloseTo(0.1 * (2 / 11), 7);
  });

  test('belong to weights of their own shape', () => {
    expect(() => average([new Float32Array(2)], [new Float32Array(3)], 0.9, 0)).toThrow('parameter 0: its mean has 2 values, it has 3');
  });
});

describe('clipping', () => {
  test('shortens all gradients by one factor', () => {
    const gradients = [Float32Array.of(3, 0), Float32Array.of(0, 0, 4)];
    expect(clipNorm(gradients, 2.5)).toBe(5);
    expect(gradients).toEqual([Float32Array.of(1.5, 0), Float32Array.of(0, 0, 2)]);
  });

  test('leaves short ones alone', () => {
    const gradients = [Float32Array.of(3), Float32Array.of(4)];
    expect(clipNorm(gradients, 5)).toBe(5);
    expect(gradients).toEqual([Float32Array.of(3), Float32Array.of(4)]);
  });

  test.each([NaN, Infinity])('says that they hold %d, and leaves them alone', (bad) => {
    const gradients = [Float32Array.of(3), Float32Array.of(bad)];
    expect(Number.isFinite(clipNorm(gradients, 1))).toBe(false);
    expect(gradients).toEqual([Float32Array.of(3), Float32Array.of(bad)]);
  });
});

describe('adversarially perturbed weights', () => {
  const norm = (values: Float32Array) => Math.hypot(...values);

  test('lie gamma · ‖w‖ along the gradient of each tensor', () => {
    const parameters = [{ shape: [2, 1], data: Float32Array.of(3, 4) }, { shape: [1, 1, 1, 2], data: Float32Array.of(0, 10) }];
    const [dense, conv] = perturbedWeights(parameters, [Float32Array.of(0, -7), Float32Array.of(1e-6, 0)], 0.01);
    expect([...dense!].map((value) => value.toFixed(5))).toEqual(['3.00000', '3.95000']);
    expect([...conv!].map((value) => value.toFixed(5))).toEqual(['0.10000', '10.00000']);
  });

  test('raise a linear loss by gamma · ‖w‖ · ‖g‖, the most that such a step can', () => {
    const [w, g] = [Float32Array.of(1, -2, 0.5, 4), Float32Array.of(0.3, 0.1, -2, 1)];
    const [moved] = perturbedWeights([{ shape: [2, 2], data: w }], [g], 0.05);
    const risen = moved!.reduce((sum, value, i) => sum + (value - w[i]!) * g[i]!, 0);
    expect(risen).toBeCloseTo(0.05 * norm(w) * norm(g), 5);
  });

  test('leave biases, scales, tensors without a gradient and the originals alone', () => {
    const parameters = [{ shape: [2], data: Float32Array.of(1, 2) }, { shape: [1, 2], data: Float32Array.of(3, 4) }, { shape: [1, 1], data: Float32Array.of(5) }];
    const moved = perturbedWeights(parameters, [Float32Array.of(1, 1), Float32Array.of(0, 0), Float32Array.of(1)], 0.01);
    expect(moved.slice(0, 2)).toEqual([Float32Array.of(1, 2), Float32Array.of(3, 4)]);
    expect(moved[2]![0]).toBeCloseTo(5.05, 6);
    expect(parameters[2]!.data[0]).toBe(5);
  });
});
