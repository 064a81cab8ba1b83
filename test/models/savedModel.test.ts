import type { LayersModel, SymbolicTensor, Tensor } from '@tensorflow/tfjs';
import { rm } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Preprocessing, TfjsModel } from '../../src/graph/model.ts';
import { fromLayersModel } from '../../models/index.ts';
import { loadTf, type Tf } from '../../models/tfjs/tf.ts';
import { relativeError } from '../support/relativeError.ts';
import { mlp, seeded, smallCnn } from '../support/nets.ts';
import { saveModel } from '../support/saveModel.ts';
import { forwardAgainstEager } from './compiled.ts';
import { openTfjs } from '../support/openTfjs.ts';

let tf: Tf;
beforeAll(async () => {
  tf = await loadTf();
});

const folders: string[] = [];
afterAll(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true }))));

async function reopened(model: LayersModel, preprocessing: Preprocessing = {}): Promise<TfjsModel> {
  const folder = await saveModel(model);
  folders.push(folder);
  return openTfjs(folder, preprocessing);
}

const numbers = (x: Tensor): Float32Array => x.dataSync() as Float32Array;

describe('logits are taken before the final', () => {
  type Ends = Record<string, (input: SymbolicTensor) => SymbolicTensor>;
  const layer = (made: { apply(x: SymbolicTensor): unknown }, x: SymbolicTensor): SymbolicTensor => made.apply(x) as SymbolicTensor;
  const dense = (x: SymbolicTensor, activation: 'softmax' | 'sigmoid' | 'linear', units = 3): SymbolicTensor =>
    layer(tf.layers.dense({ units, activation }), x);
  const head = (units = 3): LayersModel => tf.sequential({ layers: [tf.layers.dense({ inputShape: [4], units, activation: 'softmax' })] });

  const softmax: Ends = {
    'softmax of a dense layer': (x) => dense(x, 'softmax'),
    'softmax of a convolution': (x) =>
      layer(tf.layers.flatten(), layer(tf.layers.conv2d({ filters: 3, kernelSize: 1, activation: 'softmax' }), layer(tf.layers.reshape({ targetShape: [1, 1, 4] }), x))),
    'Activation layer': (x) => layer(tf.layers.activation({ activation: 'softmax' }), dense(x, 'linear')),
    'Softmax layer': (x) => layer(tf.layers.softmax(), dense(x, 'linear')),
    'softmax with a dropout after it': (x) => layer(tf.layers.dropout({ rate: 0.5 }), dense(x, 'softmax')),
    'softmax of a nested model': (x) => layer(head(), x),
    'softmax of a model nested twice': (x) => layer(tf.sequential({ layers: [head()] }), x),
  };

  test.each(Object.keys(softmax))('%s', async (name) => {
    const input = tf.input({ shape: [4] });
    const model = seeded(tf, tf.model({ inputs: input, outputs: softmax[name]!(input) }), 5);
    const saved = await reopened(model);
    expect(saved).toMatchObject({ logits: 'before the final softmax', classes: 3 });
    const x = tf.randomUniform([2, 4], -1, 1, 'float32', 'x');
    const logits = saved.eager(x);
    expect(relativeError(numbers(tf.softmax(logits)), numbers(model.predict(x) as Tensor))).toBeLessThan(1e-6);
    expect(numbers(tf.sum(logits, 1))[0]).not.toBeCloseTo(1);
  });

  test('log-softmax', async () => {
    const saved = await reopened(tf.sequential({ layers: [tf.layers.dense({ inputShape: [4], units: 3 }), tf.layers.activation({ activation: 'logSoftmax' as 'softmax' })] }));
    expect(saved.logits).toBe('before the final log-softmax');
  });

  test('sigmoid of several units', async () => {
    const model = mlp(tf, { inputShape: [4], end: 'sigmoid' as 'softmax' });
    const saved = await reopened(model);
    expect(saved).toMatchObject({ logits: 'before the final sigmoid', classes: 3 });
    const x = tf.ones([1, 4]);
    expect(relativeError(numbers(tf.sigmoid(saved.eager(x))), numbers(model.predict(x) as Tensor))).toBeLessThan(1e-6);
  });

  test('sigmoid of one unit, as two classes whose softmax it is', async () => {
    const model = mlp(tf, { inputShape: [4], classes: 1, end: 'sigmoid' as 'softmax' });
    const saved = await reopened(model);
    expect(saved).toMatchObject({ logits: 'before the final sigmoid, as two classes [0, z]', classes: 2 });
    const x = tf.randomUniform([5, 4], -1, 1, 'float32', 'x');
    const second = tf.slice(tf.softmax(saved.eager(x)), [0, 1], [-1, 1]);
    expect(relativeError(numbers(second), numbers(model.predict(x) as Tensor))).toBeLessThan(1e-6);
    expect(await forwardAgainstEager(tf, saved.eager, [5, 4])).toBeLessThan(1e-6);
  });

  test('nothing, where the model ends otherwise', async () => {
    const saved = await reopened(mlp(tf, { end: 'linear' }));
    expect(saved.logits).toBe('as the model returns them');
  });

  test('nothing, where each position has a softmax of its own', async () => {
    const layers = [tf.layers.dense({ inputShape: [2, 4], units: 3, activation: 'softmax' }), tf.layers.flatten()];
    const saved = await reopened(tf.sequential({ layers }));
    expect(saved).toMatchObject({ logits: 'as the model returns them', classes: 6 });
  });

  test('nothing, where the softmax is used inside the model too', async () => {
    const input = tf.input({ shape: [4] });
    const shared = head(4);
    const model = tf.model({ inputs: input, outputs: layer(shared, layer(shared, input)) });
    const saved = await reopened(model);
    expect(saved.logits).toBe('as the model returns them');
    const x = tf.ones([1, 4]);
    expect(numbers(saved.eager(x))).toEqual(numbers(model.predict(x) as Tensor));
  });
});

test('a model in memory is copied, not changed', async () => {
  const model = mlp(tf);
  const x = tf.randomUniform([2, 5], -1, 1, 'float32', 'x');
  const before = numbers(model.predict(x) as Tensor);
  const copy = await fromLayersModel(model);
  expect(numbers(model.predict(x) as Tensor)).toEqual(before);
  expect(copy).toMatchObject({ logits: 'before the final softmax', classes: 3 });
  expect(relativeError(numbers(tf.softmax(copy.eager(x))), before)).toBeLessThan(1e-6);
  copy.close();
  expect(numbers(model.predict(x) as Tensor)).toEqual(before);
  expect((await fromLayersModel(mlp(tf, { seed: 2 }))).sha256).not.toBe(copy.sha256);
});

describe('preprocessing inside the graph', () => {
  const x = (): Tensor => tf.randomUniform([2, 8, 8, 3], 0, 1, 'float32', 'x');
  const preprocessing: Preprocessing = { range: [0, 255], mean: [100, 120, 140], std: [50, 60, 70] };

  test('is x·(b−a)+a, then (x − mean) / std per channel, eager and compiled', async () => {
    const model = smallCnn(tf, { inputShape: [8, 8, 3], end: 'linear' });
    const saved = await reopened(model, preprocessing);
    expect(saved.preprocessing).toEqual(preprocessing);
    const by = tf.div(tf.sub(tf.mul(x(), 255), [100, 120, 140]), [50, 60, 70]);
    expect(relativeError(numbers(saved.eager(x())), numbers(model.predict(by) as Tensor))).toBeLessThan(1e-6);
    expect(await forwardAgainstEager(tf, saved.eager, [2, 8, 8, 3])).toBeLessThan(1e-6);
  });

  test('takes one value for all channels', async () => {
    const model = smallCnn(tf, { inputShape: [8, 8, 3], end: 'linear' });
    const saved = await reopened(model, { range: [-1, 1], std: [2] });
    expect(relativeError(numbers(saved.eager(x())), numbers(model.predict(tf.sub(x(), 0.5)) as Tensor))).toBeLessThan(1e-6);
  });

  test.each<[Preprocessing, string]>([
    [{ mean: [0.5, 0.5] }, 'mean: expected 1 or 3 values for an input of [8, 8, 3], found 2'],
    [{ std: [1, 1, 1, 1] }, 'std: expected 1 or 3 values for an input of [8, 8, 3], found 4'],
    [{ std: [0] }, 'std: expected numbers above 0, found 0'],
    [{ mean: [NaN] }, 'mean: expected finite numbers, found NaN'],
    [{ range: [1, 1] }, 'range: expected two numbers, the smaller first, found 1..1'],
  ])('refuses %j', async (wrong, message) => {
    await expect(reopened(smallCnn(tf, { inputShape: [8, 8, 3] }), wrong)).rejects.toThrow(message);
  });
});
