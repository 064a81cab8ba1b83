import { rm } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { lossKind } from '../../src/core/losses.ts';
import { evaluate } from '../../src/engine/evaluate.ts';
import { gradientGraph } from '../../src/graph/prepare.ts';
import { openModel } from '../../models/index.ts';
import { loadTf } from '../../models/tfjs/tf.ts';
import { relativeError } from '../support/relativeError.ts';
import { digitsModel, digitsTest, digitsVectors } from '../support/digits.ts';
import { saveModel } from '../support/saveModel.ts';

test('the conformance model gives the reference logits and gradients, saved, reopened and compiled', async () => {
  const folder = await saveModel(await digitsModel(await loadTf()));
  const model = await openModel(folder);
  await rm(folder, { recursive: true });
  const { inputs, labels, logits, grad_ce_sum: gradient } = await digitsVectors();
  const [rows, classes] = logits!.shape as [number, number];
  const oneHot = new Float32Array(rows * classes);
  labels!.data.forEach((label, row) => (oneHot[row * classes + label] = 1));
  const outputs = await evaluate(await gradientGraph(await model.trace(rows), evaluate), {
    x: Float32Array.from(inputs!.data),
    lossKind: new Float32Array(rows).fill(lossKind.crossEntropy),
    lossA: oneHot,
    lossB: new Float32Array(rows * classes),
  });
  expect(relativeError(outputs.get('logits')!.data, logits!.data)).toBeLessThan(3e-6);
  expect(relativeError(outputs.get('gradient')!.data, gradient!.data)).toBeLessThan(3e-6);
});

test('it is 98 % accurate on its test set', async () => {
  const tf = await loadTf();
  const model = await digitsModel(tf);
  const { images, labels } = await digitsTest();
  const x = tf.div(tf.reshape(tf.tensor(images), [-1, 8, 8, 1]), 16);
  const predicted = tf.argMax(model.predict(x) as typeof x, 1).dataSync();
  const correct = labels.filter((label, i) => label === predicted[i]).length;
  expect(correct / labels.length).toBeGreaterThan(0.975);
});
