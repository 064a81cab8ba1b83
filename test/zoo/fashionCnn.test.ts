import * as tf from '@tensorflow/tfjs';
import { beforeAll, expect, test } from 'vitest';
import type { Images } from '../../models/zoo/augmentedBatches.ts';
import { fashionCnn, trainingLogits } from '../../models/zoo/fashionCnn.ts';
import { bundledImages, recipe, train, useOneWasmThread } from '../../models/zoo/train-fashion-cnn.ts';

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
