import type { Tensor, Tensor4D } from '@tensorflow/tfjs';
import { beforeAll, describe, expect, test } from 'vitest';
import { kernelRules } from '../../models/tfjs/kernels/index.ts';
import { loadTf, type Tf } from '../../models/tfjs/tf.ts';
import { byUnitVectors, compiledAgainstEager, forwardAgainstEager } from './compiled.ts';
import { kernelRows } from './kernelRows.ts';

let tf: Tf;
beforeAll(async () => {
  tf = await loadTf();
  await tf.setBackend('cpu');
});

const shape = [2, 6, 6, 4];

test('every kernel with a rule has a row', () => {
  expect(kernelRows.map(({ kernel }) => kernel).sort()).toEqual(Object.keys(kernelRules).sort());
});

describe('a traced kernel gives the numbers and gradients of TF.js', () => {
  test.each(kernelRows)('$kernel', async ({ kernel, f, gradient }) => {
    const flat = (x: Tensor): Tensor => tf.reshape(f(tf, x as Tensor4D), [2, -1]);
    const profile = await tf.profile(() => flat(tf.ones(shape)));
    expect(profile.kernelNames).toContain(kernel);
    if (gradient === 'none') return expect(await forwardAgainstEager(tf, flat, shape)).toBeLessThan(3e-6);
    const errors = await compiledAgainstEager(tf, flat, flat, shape, gradient === 'linear' ? byUnitVectors(tf) : undefined);
    expect(errors.logits).toBeLessThan(3e-6);
    expect(errors.gradient).toBeLessThan(3e-6);
  });
});
