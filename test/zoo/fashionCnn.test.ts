import * as tf from '@tensorflow/tfjs';
import { beforeAll, expect, test } from 'vitest';
import { bundledModel } from '../../models/bundled.ts';
import { openModel } from '../../models/index.ts';
import type { Images } from '../../models/zoo/augmentedBatches.ts';
import { fashionCnn, trainingLogits } from '../../models/zoo/fashionCnn.ts';
import { bundledImages, recipe, train, useOneWasmThread } from '../../models/zoo/train-fashion-cnn.ts';
import { compileModel } from '../../src/engine/compile.ts';
import { openCompiled } from '../../src/engine/compiledOracle.ts';

let images: Images;
beforeAll(async () => {
  await useOneWasmThread();
  images = await bundledImages('t10k');
});

test('what is trained is what is saved: the training form gives the logits of the layers', () => {
  const model = fashionCnn(recipe.seed);
  const x = tf.tensor4d(images.x.slice(0, 16 * 784), [16, 28, 28, 1]);
  const trained = tf.softmax(trainingLogits(model.getWeights(), x));
  const difference = tf.sub(trained, model.predict(x) as tf.Tensor).abs().max().dataSync()[0];
  expect(difference).toBeLessThan(1e-6);
});

test('training repeats itself exactly', () => {
  const firstLosses = (): unknown[] => {
    const steps = train(fashionCnn(recipe.seed), images);
    return [steps.next().value, steps.next().value, steps.next().value];
  };
  const losses = firstLosses();
  expect(losses).toEqual(firstLosses());
  expect(losses[2]).not.toBe(losses[0]);
});

test('the bundled model is right on at least 88 % of the bundled test images', async () => {
  const model = await openModel(bundledModel());
  const oracle = await openCompiled(await compileModel(model, { batchSize: 100 }), { threads: 1 });
  let right = 0;
  for (let first = 0; first < images.y.length; first += 100) {
    const { logits } = await oracle.predict(images.x.subarray(first * 784, (first + 100) * 784), 100);
    for (let row = 0; row < 100; row++) {
      const ofRow = logits.subarray(row * 10, (row + 1) * 10);
      right += Number(ofRow.indexOf(Math.max(...ofRow)) === images.y[first + row]);
    }
  }
  await oracle.close();
  model.close();
  expect(images.y.length).toBe(2000);
  expect(right / 2000).toBeGreaterThanOrEqual(0.88);
});
