import type { layers as Layers, LayersModel } from '@tensorflow/tfjs';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fromLayersModel, openModel } from '../../models/index.ts';
import { loadTf, type Tf } from '../../models/tfjs/tf.ts';
import { randomOf } from '../../src/core/random.ts';
import type { Trainable, Values } from '../../src/graph/trainable.ts';
import { seeded } from '../support/nets.ts';
import { OnnxFile, tensor } from '../support/onnxFile.ts';
import { vit } from '../support/onnxNets/transformers.ts';
import { trainableOf, valuesOf } from '../support/trainingStep.ts';
import { layerRows } from './layerRows.ts';

const draw = (trainable: Trainable, seed: number): Promise<Values> => trainable.draw(randomOf(seed, 'weights'));

/** The mean of the squares. */
const varianceOf = (values: Float32Array): number => values.reduce((sum, value) => sum + value * value, 0) / values.length;

/** Within what chance allows a sample of this size: five standard deviations of a normal or uniform sample's variance. */
function expectVariance(values: Float32Array, expected: number): void {
  expect(Math.abs(varianceOf(values) / expected - 1)).toBeLessThan(5 * Math.sqrt(2 / values.length));
}

describe('a LayersModel', () => {
  let tf: Tf;
  beforeAll(async () => {
    tf = await loadTf();
    await tf.setBackend('cpu');
  });
  type Make = (l: typeof Layers) => Layers.Layer;
  const chain = (...make: Make[]): LayersModel =>
    seeded(tf, tf.sequential({ layers: [tf.layers.inputLayer({ inputShape: [8, 8, 6] }), ...make.map((each) => each(tf.layers))] }), 3);
  const drawn = async (model: LayersModel, seed = 0): Promise<Values> => draw(trainableOf(await fromLayersModel(model)), seed);

  /** TF.js saves it without its depth multiplier, and cannot open it again. */
  const rows = layerRows.filter(({ title }) => title !== 'SeparableConv2D');
  test.each(rows)('$title: each weight has its start, by the seed', async ({ build }) => {
    const model = seeded(tf, build(tf), 3);
    if (model.trainableWeights.length === 0) return;
    const trainable = trainableOf(await fromLayersModel(model));
    const first = await draw(trainable, 1);
    expect([...first.keys()].sort()).toEqual(trainable.parameters.map(({ name }) => name).sort());
    expect(first).not.toEqual(valuesOf(trainable));
    expect(await draw(trainable, 1)).toEqual(first);
    const random = [...first].filter(([, values]) => new Set(values).size > 2).map(([name]) => name);
    const second = await draw(trainable, 2);
    for (const name of random) expect(second.get(name)).not.toEqual(first.get(name));
  });

  test('kernels have the spread of the initialiser that the layer names, two of a kind not the same numbers', async () => {
    const values = [...(await drawn(chain(
      (l) => l.conv2d({ filters: 40, kernelSize: 3, padding: 'same', kernelInitializer: 'heUniform' }),
      (l) => l.conv2d({ filters: 40, kernelSize: 3, padding: 'same', kernelInitializer: 'glorotUniform' }),
      (l) => l.conv2d({ filters: 40, kernelSize: 3, padding: 'same', kernelInitializer: 'glorotUniform' }),
      (l) => l.flatten(),
      (l) => l.dense({ units: 10, kernelInitializer: tf.initializers.randomUniform({ minval: -1, maxval: 1, seed: 7 }), biasInitializer: 'ones' }),
    ))).values()];
    expectVariance(values[0]!, 2 / (9 * 6));
    expectVariance(values[2]!, 2 / (9 * 40 + 9 * 40));
    expectVariance(values[6]!, 1 / 3);
    expect(values[4]).not.toEqual(values[2]);
    expect([values[1], values[7]]).toEqual([new Float32Array(40), new Float32Array(10).fill(1)]);
  });

  test('batch norm begins with scale 1, offset 0, mean 0 and variance 1', async () => {
    const values = await drawn(chain((l) => l.batchNormalization({ name: 'norm' }), (l) => l.flatten(), (l) => l.dense({ units: 3 })));
    const starts = ['gamma', 'beta', 'moving_mean', 'moving_variance'].map((name) => [...values.get(`norm/${name}`)!]);
    expect(starts).toEqual([1, 0, 0, 1].map((start) => new Array<number>(6).fill(start)));
  });

  test('what is frozen is not drawn', async () => {
    const model = chain((l) => l.conv2d({ name: 'frozen', filters: 2, kernelSize: 3 }), (l) => l.batchNormalization({ name: 'norm' }), (l) => l.flatten(), (l) => l.dense({ name: 'head', units: 3 }));
    for (const name of ['frozen', 'norm']) model.getLayer(name).trainable = false;
    expect([...(await drawn(model)).keys()]).toEqual(['head/kernel', 'head/bias']);
  });
});

describe('an ONNX model', () => {
  const folder = mkdtempSync(join(tmpdir(), 'breakwater-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  let files = 0;
  async function opened(file: OnnxFile): Promise<Trainable> {
    const path = join(folder, `${files++}.onnx`);
    writeFileSync(path, file.bytes());
    return trainableOf(await openModel(path));
  }

  /** 4 channels of 6×6 by way of ops that take weights, each called after what it should begin with. */
  function net(): OnnxFile {
    const file = new OnnxFile();
    const weights = (name: string, ...shape: number[]): string => {
      const size = shape.reduce((all, n) => all * n, 1);
      return file.initializer(tensor(Float32Array.from({ length: size }, (_, i) => 0.3 + 0.01 * Math.sin(i)), shape), name);
    };
    const conv = file.node('Conv', [file.input('input', ['batch', 4, 6, 6]), weights('36', 80, 4, 3, 3), weights('0 conv', 80)], { kernel_shape: [3, 3], pads: [1, 1, 1, 1] });
    const norm = file.node('BatchNormalization', [conv, weights('1 scale', 80), weights('0 offset', 80), weights('0 mean', 80), weights('1 variance', 80)]);
    const depthwise = file.node('Conv', [file.node('PRelu', [norm, weights('kept slopes', 80, 1, 1)]), weights('9', 80, 1, 3, 3)], { kernel_shape: [3, 3], group: 80, pads: [1, 1, 1, 1] });
    const spread = file.node('ConvTranspose', [depthwise, weights('40', 80, 10, 2, 2)], { kernel_shape: [2, 2], group: 2, strides: [2, 2] });
    const pooled = file.node('Flatten', [file.node('GlobalAveragePool', [file.node('Relu', [spread])])], { axis: 1 });
    const product = file.node('MatMul', [pooled, file.node('Transpose', [weights('20', 60, 20)], { perm: [1, 0] })]);
    const biased = file.node('Mul', [file.node('Add', [product, weights('0 bias', 60)]), weights('1 gain', 60)]);
    const reshaped = file.node('MatMul', [biased, file.node('Reshape', [weights('kept matrix', 3600), file.ints([60, 60])])]);
    file.node('Gemm', [reshaped, weights('60', 50, 60), weights('0 gemm', 50)], { transB: 1 }, { outputs: ['output'] });
    file.output('output', ['batch', 50]);
    return file;
  }

  test('kernels begin with the variance 2 / fan-in, everything else by its role', async () => {
    const trainable = await opened(net());
    const values = await draw(trainable, 5);
    for (const { name, data } of trainable.parameters) {
      const [first = ''] = name.split(' ');
      if (first === 'kept') expect(values.has(name)).toBe(false);
      else if (['0', '1'].includes(first)) expect(new Set(values.get(name))).toEqual(new Set([Number(first)]));
      else {
        expectVariance(values.get(name)!, 2 / Number(first));
        expect(Math.max(...values.get(name)!)).toBeLessThanOrEqual(Math.sqrt(6 / Number(first)));
      }
      expect(values.get(name)).not.toEqual(data);
    }
  });

  test('they are a function of the seed', async () => {
    const trainable = await opened(net());
    const [first, again, other] = [await draw(trainable, 1), await draw(trainable, 1), await draw(trainable, 2)];
    expect(again).toEqual(first);
    expect(other.get('36')).not.toEqual(first.get('36'));
  });

  test('of a transformer, embeddings and tokens keep their numbers', async () => {
    const trainable = await opened(vit({ seed: 3 }));
    const values = await draw(trainable, 5);
    const kept = trainable.parameters.filter(({ name }) => !values.has(name));
    expect(kept.length).toBeGreaterThan(0);
    for (const { shape } of kept) expect(shape).toHaveLength(3);
    expect(kept.length).toBeLessThan(trainable.parameters.length / 4);
  });
});
