import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { openModel } from '../../../models/index.ts';
import { randomOf } from '../../../src/core/random.ts';
import { evaluate } from '../../../src/engine/evaluate.ts';
import { openOriginal, originalModel } from '../../../src/engine/originalOracle.ts';
import { sizeOf } from '../../../src/graph/broadcast.ts';
import { bindParameters } from '../../../src/graph/bindParameters.ts';
import type { OnnxModel, SavedModel } from '../../../src/graph/model.ts';
import { forwardGraph } from '../../../src/graph/prepare.ts';
import type { Trainable } from '../../../src/graph/trainable.ts';
import { float, OnnxFile, tensor } from '../../support/onnxFile.ts';
import { convnext, efficientnet, resnet, unet } from '../../support/onnxNets/convolutional.ts';
import { swin } from '../../support/onnxNets/swin.ts';
import { mixer, vit, vit17 } from '../../support/onnxNets/transformers.ts';
import { relativeError } from '../../support/relativeError.ts';
import { gradientDifference, oneStep, trainableOf, valuesOf } from '../../support/trainingStep.ts';

const folder = mkdtempSync(join(tmpdir(), 'breakwater-'));
afterAll(() => rmSync(folder, { recursive: true }));

let files = 0;
function opened(file: OnnxFile): Promise<SavedModel> {
  const path = join(folder, `${files++}.onnx`);
  writeFileSync(path, file.bytes());
  return openModel(path);
}

const uniform = (size: number): Float32Array => {
  const random = randomOf(3, 'x');
  return Float32Array.from({ length: size }, () => random.uniform());
};

/** The parameters, all of them moved a little, each in a way of its own. */
const moved = ({ parameters }: Trainable) =>
  new Map(parameters.map(({ name, data }, k) => [name, data.map((value, i) => value * 1.1 + 0.01 * ((i + k) % 3))]));

/** Logits of the file as ONNX Runtime runs it. */
async function original(model: SavedModel, x: Float32Array, rows: number): Promise<Float32Array> {
  const oracle = await openOriginal(originalModel(model as OnnxModel, rows, []), { threads: 1 });
  const { logits } = await oracle.predict(x, rows);
  await oracle.close();
  return logits.slice();
}

const rows = 3;
const nets = { vit, vit17, swin, mixer, resnet, convnext, efficientnet, unet };

describe.each(Object.entries(nets))('%s, as an exporter writes it', (_, build) => {
  test('has the gradients of central differences, in training', async () => {
    const model = await opened(build({ seed: 3 }));
    const asked = { views: [uniform(rows * sizeOf(model.inputShape))], labels: [1, 0, 2] };
    expect(await gradientDifference(trainableOf(model), asked, { step: 2e-3 })).toBeLessThan(0.02);
  });

  test('is saved with other weights: ONNX Runtime gives the logits that the graph has with them', async () => {
    const model = await opened(build({ seed: 3 }));
    const trainable = trainableOf(model);
    const values = moved(trainable);
    const x = uniform(rows * sizeOf(model.inputShape));
    const graph = await forwardGraph(bindParameters(await trainable.trace(rows, 'inference'), values), evaluate);
    const saved = await openModel(await trainable.save(join(folder, `saved ${files++}`), values));
    const logits = await original(saved, x, rows);
    expect(relativeError((await evaluate(graph, { x })).get('logits')!.data, logits)).toBeLessThan(1e-5);
    expect(relativeError(await original(model, x, rows), logits)).toBeGreaterThan(1e-3);
    expect(valuesOf(trainableOf(saved))).toEqual(values);
  });
});

test('every weight of these nets is a parameter, and nothing else: not the mask of a shifted window', async () => {
  for (const build of Object.values(nets)) {
    const file = build({ seed: 3 });
    const floats = file.graph().initializer.filter(({ dataType, dims }) => dataType === 1 && dims.some((n) => n > 1n));
    const written = new Set(file.graph().node.filter(({ opType }) => opType === 'ScatterND').flatMap(({ input }) => input));
    const weights = floats.map(({ name }) => name).filter((name) => !written.has(name));
    expect(trainableOf(await opened(file)).parameters.map(({ name }) => name)).toEqual(weights);
  }
});

test('the other ops with weights have the gradients of central differences', async () => {
  const file = new OnnxFile(23);
  let phase = 0;
  const weights = (...shape: number[]): string =>
    file.weights(Float32Array.from({ length: sizeOf(shape) }, (_, i) => Math.sin(1.7 * i + ++phase) / 2 + 0.1), shape);
  const filtered = file.node('Conv', [file.input('input', ['batch', 2, 5, 5]), weights(4, 1, 3, 3), weights(4)], { kernel_shape: [3, 3], group: 2, strides: [2, 2], pads: [1, 1, 1, 1] });
  const sloped = file.node('PRelu', [file.node('InstanceNormalization', [filtered, weights(4), weights(4)]), weights(4, 1, 1)]);
  const spread = file.node('ConvTranspose', [sloped, weights(4, 3, 2, 2), weights(6)], { kernel_shape: [2, 2], group: 2, strides: [2, 2] });
  const grouped = file.node('GroupNormalization', [spread, weights(6), weights(6)], { num_groups: 3 });
  const embedded = file.node('Gather', [weights(5, 6), file.ints([4, 0, 0, 2, 1, 4])], { axis: 0 });
  const mixed = file.node('Add', [grouped, file.node('Unsqueeze', [embedded, file.ints([0])])]);
  const normed = file.node('RMSNormalization', [mixed, weights(6)], { axis: -1 }, { outputs: ['normed'] });
  file.node('Gemm', [file.node('Flatten', [normed]), weights(6 * 36, 3), weights(3)], { alpha: float(0.1) }, { outputs: ['output'] });
  file.output('output', ['batch', 3]);
  const trainable = trainableOf(await opened(file));
  expect(trainable.parameters).toHaveLength(13);
  const asked = { views: [uniform(rows * 50)], labels: [1, 0, 2] };
  expect(await gradientDifference(trainable, asked, { step: 5e-3 })).toBeLessThan(5e-3);
});

/** One channel of two pixels into two classes, by way of what `middle` appends. */
function tiny(middle: (file: OnnxFile, x: string) => string, opset = 17): OnnxFile {
  const file = new OnnxFile(opset);
  const input = file.input('input', ['batch', 1, 1, 2]);
  const conv = file.node('Conv', [input, file.initializer(tensor([1], [1, 1, 1, 1]), 'filter')], { kernel_shape: [1, 1] });
  const flat = file.node('Flatten', [middle(file, conv)], { axis: 1 });
  file.node('Identity', [flat], {}, { outputs: ['output'] });
  file.output('output', ['batch', 2]);
  return file;
}

describe('in training', () => {
  const asked = { views: [Float32Array.of(1, 2, 3, 6)], labels: [0, 1] };
  const norm = (file: OnnxFile, x: string): string => {
    const names = ['scale', 'bias', 'mean', 'variance'].map((name, i) => file.initializer(tensor([[2, 1, 0.5, 4][i]!]), name));
    return file.node('BatchNormalization', [x, ...names], { momentum: 0.8, epsilon: float(0.5) });
  };

  test('batch norm takes the statistics of the batch, and its averages move towards them', async () => {
    const { logits: [logits], statistics } = await oneStep(trainableOf(await opened(tiny(norm))), asked);
    const [mean, variance] = [3, (4 + 1 + 0 + 9) / 4];
    const expected = [1, 2, 3, 6].map((x) => (2 * (x - mean)) / Math.sqrt(variance + 0.5) + 1);
    expect(relativeError(logits!, expected)).toBeLessThan(1e-6);
    expect(statistics.get('mean')![0]).toBeCloseTo(0.8 * 0.5 + 0.2 * mean, 6);
    expect(statistics.get('variance')![0]).toBeCloseTo(0.8 * 4 + 0.2 * variance, 6);
  });

  test('averages that two normalisations share are refused, by name', async () => {
    const twice = (file: OnnxFile, x: string): string => {
      const y = norm(file, x);
      return file.node('BatchNormalization', [y, 'scale', 'bias', 'mean', 'variance'], { momentum: 0.8 });
    };
    const trainable = trainableOf(await opened(tiny(twice)));
    await expect(trainable.trace(2, 'training')).rejects.toThrow("it shares its average 'mean' with another");
    await expect(trainable.trace(2, 'inference')).resolves.toBeDefined();
  });

  test.each([
    ['as an input', (file: OnnxFile, x: string) => file.node('Dropout', [x, file.initializer(tensor([0.25], []))]), 17],
    ['as an attribute', (file: OnnxFile, x: string) => file.node('Dropout', [x], { ratio: 0.25 }), 11],
  ] as const)('dropout drops its ratio, given %s, and nothing in inference', async (_, middle, opset) => {
    const model = await opened(tiny(middle, opset));
    const rows = 400;
    const views = [new Float32Array(2 * rows).fill(3)];
    const { logits: [logits] } = await oneStep(trainableOf(model), { views, labels: new Array<number>(rows).fill(0) });
    expect([...new Set(logits)].sort()).toEqual([0, 4]);
    expect(logits!.filter((value) => value === 0).length / logits!.length).toBeCloseTo(0.25, 1);
    expect(new Set(await original(model, views[0]!, rows))).toEqual(new Set([3]));
  });
});

describe('no parameter is', () => {
  const names = async (file: OnnxFile): Promise<string[]> => trainableOf(await opened(file)).parameters.map(({ name }) => name);

  test('the normalisation of the input', async () => {
    const file = new OnnxFile();
    const input = file.input('input', ['batch', 2]);
    const scaled = file.node('Mul', [file.node('Add', [input, file.weights([1, 2])]), file.weights([3, 4])]);
    const product = file.node('MatMul', [scaled, file.initializer(tensor([1, 2, 3, 4], [2, 2]), 'matrix')]);
    file.node('Add', [product, file.initializer(tensor([1, 2]), 'bias')], {}, { outputs: ['output'] });
    file.output('output', ['batch', 2]);
    expect(await names(file)).toEqual(['matrix', 'bias']);
  });

  test('a number in a formula', async () => {
    expect(await names(tiny((file, x) => file.node('Mul', [x, file.weights([0.5], [])])))).toEqual(['filter']);
  });
});

describe('a sentence says why a model is not trained:', () => {
  test('it is quantised', async () => {
    const quantised = tiny((file, x) => {
      const [scale, zero] = [file.weights([0.1], []), file.initializer(tensor([0], [], 'UINT8'))];
      return file.node('DequantizeLinear', [file.node('QuantizeLinear', [x, scale, zero]), scale, zero]);
    });
    expect((await opened(quantised)).trainable).toMatch(/^it is quantised \(QuantizeLinear\)/);
  });

  test('it has no weights', async () => {
    const file = new OnnxFile();
    file.node('Relu', [file.input('input', ['batch', 2])], {}, { outputs: ['output'] });
    file.output('output', ['batch', 2]);
    expect((await opened(file)).trainable).toMatch(/^none of its initialisers/);
  });
});
