import type { io, layers as Layers, LayersModel, Tensor, Variable } from '@tensorflow/tfjs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { randomOf } from '../../src/core/random.ts';
import { evaluate } from '../../src/engine/evaluate.ts';
import { bindParameters } from '../../src/graph/bindParameters.ts';
import { forwardGraph } from '../../src/graph/prepare.ts';
import type { Values } from '../../src/graph/trainable.ts';
import { fromFunction, fromLayersModel, openModel } from '../../models/index.ts';
import { loadTf, type Tf } from '../../models/tfjs/tf.ts';
import { openTfjs } from '../support/openTfjs.ts';
import { mlp, residual, seeded, smallCnn } from '../support/nets.ts';
import { relativeError } from '../support/relativeError.ts';
import { filesOf, saveModel, writeModel } from '../support/saveModel.ts';
import { differenceOf, gradientDifference, oneStep, trainableOf, valuesOf, type Asked } from '../support/trainingStep.ts';
import { layerRows } from './layerRows.ts';

let tf: Tf;
beforeAll(async () => {
  tf = await loadTf();
  await tf.setBackend('cpu');
});

const rows = 4;
const sizesOf = (model: LayersModel): number[] => model.inputs[0]!.shape.slice(1) as number[];
const classesOf = (model: LayersModel): number => model.outputs[0]!.shape[1] as number;

function asked(model: LayersModel): Asked {
  const random = randomOf(3, 'x');
  const size = sizesOf(model).reduce((product, n) => product * n, rows);
  const x = Float32Array.from({ length: size }, () => 2 * random.uniform() - 1);
  return { views: [x], labels: Array.from({ length: rows }, (_, row) => (3 * row + 1) % classesOf(model)) };
}

/** A step by TF.js: the loss and the gradients of the trainable weights. Moves the model's averages. */
function eagerStep(model: LayersModel, { views: [x], labels }: Asked): { loss: number; gradients: Values } {
  const gradients = new Map<string, Float32Array>();
  let loss = NaN;
  tf.tidy(() => {
    const y = tf.oneHot(tf.tensor1d([...labels], 'int32'), classesOf(model));
    const at = tf.tensor(x!, [rows, ...sizesOf(model)]);
    const lossOf = () => tf.losses.softmaxCrossEntropy(y, model.apply(at, { training: true }) as Tensor).asScalar();
    const { value, grads } = tf.variableGrads(lossOf, model.trainableWeights.map((weight) => weight.read() as Variable));
    loss = value.dataSync()[0]!;
    for (const weight of model.trainableWeights)
      gradients.set(weight.originalName, (grads[(weight.read() as Variable).name]!.dataSync() as Float32Array).slice());
  });
  return { loss, gradients };
}

/** Rows of the table that TF.js is no reference for. */
const withoutReference: Readonly<Record<string, string>> = {
  'Conv2D, dilated': 'TF.js has no gradient of dilated convolutions',
  'SeparableConv2D': 'TF.js saves it without its depth multiplier',
  'DepthwiseConv2D, multiplier 2, stride 2, same': 'TF.js saves it without its depth multiplier',
  CenterCrop: 'TF.js has no gradient of its resampling crop',
  'BatchNormalization without scale': 'TF.js reads the scale that is not there',
  'BatchNormalization without centre': 'TF.js reads the offset that is not there',
  'BatchNormalization without either': 'TF.js reads the scale that is not there',
  'BatchNormalization over the first axis': "TF.js' cpu backend repeats the statistics along the last axis",
};
/** Without weights, or of cells that others have shown. */
const [draws, passedOver] = [/Dropout|Noise/, /^activation|Pooling|UpSampling2D$|^RNN of|^ConvLSTM|^Bidirectional|^GRU$/];

describe('the gradients of a layer’s weights are those of eager TF.js, and so are its moving averages', () => {
  const trained = layerRows.filter(({ title }) => !(title in withoutReference) && !draws.test(title) && !passedOver.test(title));
  test.each(trained)('$title', async ({ build }) => {
    const model = seeded(tf, build(tf), 3);
    const saved = await fromLayersModel(model);
    if (model.trainableWeights.length === 0) return expect(saved.trainable).toMatch(/^it has no weights/);
    const given = asked(model);
    const compiled = await oneStep(trainableOf(saved), given);
    const eager = eagerStep(model, given);
    expect(compiled.loss).toBeCloseTo(eager.loss, 4);
    expect([...compiled.gradients.keys()].sort()).toEqual([...eager.gradients.keys()].sort());
    expect(differenceOf(compiled.gradients, eager.gradients)).toBeLessThan(2e-5);
    const averages = model.nonTrainableWeights.map((weight) => [weight.originalName, weight.read().dataSync() as Float32Array] as const);
    expect([...compiled.statistics.keys()].sort()).toEqual(averages.map(([name]) => name).sort());
    expect(differenceOf(compiled.statistics, new Map(averages))).toBeLessThan(1e-5);
  });

  test('a residual net', async () => {
    const model = residual(tf, { activation: 'tanh', end: 'linear' });
    const trainable = trainableOf(await fromLayersModel(model));
    const compiled = await oneStep(trainable, asked(model));
    expect(differenceOf(compiled.gradients, eagerStep(model, asked(model)).gradients)).toBeLessThan(1e-4);
    expect(compiled.statistics.size).toBe(12);
  });
});

type Make = (l: typeof Layers) => Layers.Layer;
const chain = (input: number[], ...make: Make[]): LayersModel =>
  seeded(tf, tf.sequential({ layers: [tf.layers.inputLayer({ inputShape: input }), ...make.map((each) => each(tf.layers))] }), 3);

describe('where TF.js is no reference, central differences are', () => {
  const image = [5, 4, 3];
  const head: Make[] = [(l) => l.flatten(), (l) => l.dense({ units: 3 })];
  const models: Readonly<Record<string, () => LayersModel>> = {
    'dilated convolution': () => chain(image, (l) => l.conv2d({ filters: 2, kernelSize: 2, dilationRate: 2 }), ...head),
    'batch norm without scale': () => chain(image, (l) => l.batchNormalization({ scale: false }), ...head),
    'batch norm without centre': () => chain(image, (l) => l.batchNormalization({ center: false }), ...head),
    'batch norm without either': () => chain(image, (l) => l.conv2d({ filters: 2, kernelSize: 2 }), (l) => l.batchNormalization({ scale: false, center: false }), ...head),
    'batch norm over the first axis': () => chain(image, (l) => l.batchNormalization({ axis: 1 }), ...head),
    'batch norm called twice': () => {
      const input = tf.input({ shape: [6] });
      const norm = tf.layers.batchNormalization();
      const x = norm.apply(tf.layers.dense({ units: 6, activation: 'tanh' }).apply(norm.apply(input)));
      return seeded(tf, tf.model({ inputs: input, outputs: tf.layers.dense({ units: 3 }).apply(x) as typeof input }), 3);
    },
    dropout: () => chain([6], (l) => l.dense({ units: 8 }), (l) => l.dropout({ rate: 0.4 }), (l) => l.dense({ units: 3 })),
    'dropout of whole channels': () => chain([6, 4], (l) => l.spatialDropout1d({ rate: 0.4 }), ...head),
    'dropout with a shape': () => chain([6, 4], (l) => l.dropout({ rate: 0.4, noiseShape: [null as never, 6, 1] }), ...head),
    'alpha dropout': () => chain([6], (l) => l.dense({ units: 8, activation: 'selu' }), (l) => l.alphaDropout({ rate: 0.4 }), (l) => l.dense({ units: 3 })),
    'Gaussian dropout': () => chain([6], (l) => l.dense({ units: 8 }), (l) => l.gaussianDropout({ rate: 0.4 }), (l) => l.dense({ units: 3 })),
    'Gaussian noise': () => chain([6], (l) => l.gaussianNoise({ stddev: 0.5 }), (l) => l.dense({ units: 3 })),
  };
  test.each(Object.keys(models))('%s', async (name) => {
    const model = models[name]!();
    expect(await gradientDifference(trainableOf(await fromLayersModel(model)), asked(model))).toBeLessThan(5e-3);
  });
});

test('dropout drops its share, scales the rest up, and draws by row: the same draw is the same mask', async () => {
  // The slopes of what is never negative: weights that change nothing.
  const model = chain([1000], (l) => l.dropout({ rate: 0.25 }), (l) => l.prelu({}));
  const given = { views: [new Float32Array(4 * 1000).fill(1)], labels: [0, 1, 2, 3] };
  const { logits: [first] } = await oneStep(trainableOf(await fromLayersModel(model)), given);
  const { logits: [again] } = await oneStep(trainableOf(await fromLayersModel(model)), given);
  expect(again).toEqual(first);
  expect([...new Set(first)].sort()).toEqual([0, Math.fround(4 / 3)]);
  expect(first!.filter((value) => value === 0).length / 4000).toBeCloseTo(0.25, 1);
  expect(first!.slice(0, 1000)).not.toEqual(first!.slice(1000, 2000));
});

test('a frozen layer has no gradients, and frozen batch norm keeps its averages', async () => {
  const model = residual(tf, { end: 'linear' });
  for (const layer of model.layers) if (layer.getClassName() === 'BatchNormalization') layer.trainable = false;
  const { gradients, statistics, logits } = await oneStep(trainableOf(await fromLayersModel(model)), asked(model));
  expect([...gradients.keys()].filter((name) => /gamma|beta|moving/.test(name))).toEqual([]);
  expect(gradients.size).toBeGreaterThan(5);
  expect(statistics.size).toBe(0);
  const x = tf.tensor(asked(model).views[0]!, [rows, ...sizesOf(model)]);
  expect(relativeError(logits[0]!, (model.predict(x) as Tensor).dataSync())).toBeLessThan(1e-5);
});

describe('in inference', () => {
  test('a model of parameters as inputs is the model, with those that it is given', async () => {
    const [model, other] = [residual(tf, { seed: 1 }), residual(tf, { seed: 2 })];
    const [trainable, values] = [trainableOf(await fromLayersModel(model)), valuesOf(trainableOf(await fromLayersModel(other)))];
    const graph = await trainable.trace(rows, 'inference');
    const renamed = new Map(trainable.parameters.map(({ name }, i) => [name, [...values.values()][i]!]));
    const [x] = asked(model).views as [Float32Array];
    const expected = (await fromLayersModel(other)).eager(tf.tensor(x, [rows, ...sizesOf(model)])).dataSync();
    const feeds = Object.fromEntries([...renamed].map(([name, data]) => [`parameter:${name}`, data]));
    const asInputs = await evaluate(await forwardGraph(graph, evaluate), { x, ...feeds });
    expect(relativeError(asInputs.get('logits')!.data, expected)).toBeLessThan(1e-5);
    const folded = await forwardGraph(bindParameters(graph, renamed), evaluate);
    expect(relativeError((await evaluate(folded, { x })).get('logits')!.data, expected)).toBeLessThan(1e-5);
    expect(folded.nodes.map(({ op }) => op)).not.toContain('Sqrt');
  });
});

describe('a saved model', () => {
  test('loads in plain TF.js with the numbers it was saved with, its softmax and all else as before', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'breakwater-trained-'));
    try {
      const model = smallCnn(tf);
      const opened = await openTfjs(await saveModel(model, join(folder, 'before')));
      const trainable = trainableOf(opened);
      const values = new Map(trainable.parameters.map(({ name, data }) => [name, data.map((value) => value * 1.5 + 0.01)]));
      const file = await trainable.save(join(folder, 'after'), values);
      const saved = await openModel(file);
      const [again, x] = [trainableOf(saved), tf.randomUniform([2, 8, 8, 1], 0, 1, 'float32', 'x')];
      expect(valuesOf(again)).toEqual(values);
      expect(saved.logits).toBe('before the final softmax');
      for (const weight of model.weights) weight.write(tf.tensor(values.get(weight.originalName)!, weight.shape as number[]));
      const { weightsManifest, modelTopology } = JSON.parse(await readFile(file, 'utf8')) as io.ModelJSON;
      const weightData = new Uint8Array(await readFile(join(folder, 'after', 'group1-shard1of1.bin'))).buffer;
      const plain = await tf.loadLayersModel(tf.io.fromMemory({ modelTopology, weightSpecs: weightsManifest[0]!.weights, weightData }));
      expect((plain.predict(x) as Tensor).dataSync()).toEqual((model.predict(x) as Tensor).dataSync());
      opened.close();
      saved.close();
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  test('keeps the numbers that it is not given', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'breakwater-trained-'));
    try {
      const files = await filesOf(smallCnn(tf));
      const trainable = trainableOf(await openModel(await writeModel({ ...files, json: { ...files.json, convertedBy: 'a converter' } as typeof files.json }, join(folder, 'before'))));
      const file = await trainable.save(join(folder, 'after'), new Map());
      expect(valuesOf(trainableOf(await openModel(file)))).toEqual(valuesOf(trainable));
      expect(JSON.parse(await readFile(file, 'utf8'))).toMatchObject({ convertedBy: 'a converter', modelTopology: files.json.modelTopology });
      await expect(trainable.save(folder, new Map([['nonsense', new Float32Array(1)]]))).rejects.toThrow('nonsense');
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});

describe('a sentence says why a model is not trained:', () => {
  test('a GraphModel', async () => {
    const model = await openModel('models/zoo/fashion-cnn-graph');
    expect(model.trainable).toMatch(/^a GraphModel is frozen/);
    model.close();
  });

  test('a function', async () => {
    const { trainable } = await fromFunction((x) => x, { inputShape: [3], classes: 3 });
    expect(trainable).toMatch(/^a function has no file/);
  });

  test('quantised weights', async () => {
    const { json, weights } = await filesOf(mlp(tf, { inputShape: [2] }));
    const [kernel, ...others] = json.weightsManifest![0]!.weights;
    const quantised = { ...kernel!, quantization: { dtype: 'uint8', min: -1, scale: 0.01 } };
    const size = kernel!.shape.reduce((product, n) => product * n, 1);
    const manifest = [{ paths: ['weights.bin'], weights: [quantised, ...others] }];
    const folder = await writeModel({ json: { ...json, weightsManifest: manifest }, weights: Buffer.concat([Buffer.alloc(size, 90), weights.subarray(4 * size)]) });
    expect((await openModel(folder)).trainable).toMatch(/^its weights are quantised to uint8/);
    await rm(folder, { recursive: true });
  });
});
