import type { io, Tensor } from '@tensorflow/tfjs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { loadTf, type Tf } from '../../models/tfjs/tf.ts';
import { writeGraphTwin } from '../../models/zoo/write-graph-twin.ts';
import { UserError } from '../../src/core/errors.ts';
import { packageRoot } from '../../src/core/package.ts';
import { readRecords } from '../../src/evaluate/records.ts';
import type { TfjsModel } from '../../src/graph/model.ts';
import { scan } from '../../src/plan/scan.ts';
import { attr, floats, graphOf, ints, node, placeholder, writeGraph, type SmallGraph } from '../support/graphModel.ts';
import { relativeError } from '../support/relativeError.ts';
import { byUnitVectors, compiledAgainstEager } from './compiled.ts';
import { graphRows } from './graphRows.ts';
import { openTfjs } from '../support/openTfjs.ts';

let tf: Tf;
let folder: string;
beforeAll(async () => {
  tf = await loadTf();
  await tf.setBackend('cpu');
  folder = await mkdtemp(join(tmpdir(), 'breakwater-graphs-'));
});
afterAll(() => rm(folder, { recursive: true }));

let count = 0;
const write = (graph: SmallGraph): Promise<string> => writeGraph(graph, join(folder, String(count++)));
const open = async (graph: SmallGraph): Promise<TfjsModel> => openTfjs(await write(graph));
const numbers = (x: Tensor): Float32Array => x.dataSync() as Float32Array;

interface Saved {
  readonly modelTopology: object;
  readonly weightsManifest: readonly [{ readonly weights: io.WeightsManifestEntry[] }];
  readonly signature?: object;
}

/** What TF.js itself says of a graph, with none of our code in between. */
async function plainly(path: string, x: Tensor): Promise<Float32Array> {
  const { modelTopology, weightsManifest, signature } = JSON.parse(await readFile(join(path, 'model.json'), 'utf8')) as Saved;
  const weightData = new Uint8Array(await readFile(join(path, 'weights.bin'))).buffer;
  const [{ weights: weightSpecs }] = weightsManifest;
  const model = await tf.loadGraphModel(tf.io.fromMemory({ modelTopology, weightSpecs, weightData, signature: signature ?? {} }));
  return numbers(tf.reshape(model.execute(x) as Tensor, [-1]));
}

describe('the GraphModel twin of the bundled model', () => {
  const zoo = (name: string): string => join(packageRoot, 'models/zoo', name);
  const recordsIn = (out: string) =>
    readRecords(join(out, 'samples.jsonl')).sort((a, b) => a.id - b.id || a.attack.localeCompare(b.attack));

  test('is what its script writes', async () => {
    await writeGraphTwin(join(folder, 'twin'));
    for (const file of ['model.json', 'group1-shard1of1.bin'])
      expect(await readFile(join(folder, 'twin', file))).toEqual(await readFile(join(zoo('fashion-cnn-graph'), file)));
  });

  test('opens as the LayersModel does', async () => {
    const [graph, layers] = [await openTfjs(zoo('fashion-cnn-graph')), await openTfjs(zoo('fashion-cnn'))];
    const { parameters, logits, inputShape, classes } = layers;
    expect(graph).toMatchObject({ format: 'graph-model', parameters, logits, inputShape, classes });
    const x = tf.randomUniform([3, 28, 28, 1], 0, 1, 'float32', 'x');
    expect(numbers(graph.eager(x))).toEqual(numbers(layers.eager(x)));
  });

  test('has the same record of every example under attack', async () => {
    const request = { limit: 300, attacks: 'fgsm,pgd(steps=10)', epsilon: 0.05, workers: 0 };
    const [a, b] = [join(folder, 'graph'), join(folder, 'layers')];
    const report = await scan({ ...request, model: zoo('fashion-cnn-graph'), out: a });
    await scan({ ...request, model: zoo('fashion-cnn'), out: b });
    expect(report.attacks[1]!.robustAccuracy).toBeGreaterThan(0.2);
    expect(recordsIn(a)).toEqual(recordsIn(b));
  });
});

describe('a compiled graph gives the logits and gradients of TF.js', () => {
  beforeAll(() => tf.setBackend('cpu'));

  test.each(graphRows)('$ops', async ({ shape, graph, linear }) => {
    const path = await write(graph);
    const saved = await openTfjs(path);
    expect(saved.oneByOne).toBe(false);
    const x = tf.randomUniform([2, ...shape], -1, 1, 'float32', 'y');
    expect(numbers(tf.reshape(saved.eager(x), [-1]))).toEqual(await plainly(path, x));
    const errors = await compiledAgainstEager(tf, saved.eager, saved.eager, [2, ...shape], linear ? byUnitVectors(tf) : undefined);
    expect(errors.logits).toBeLessThan(3e-6);
    expect(errors.gradient).toBeLessThan(3e-6);
  });
});

/** x [-1, 4] to `units` through a matrix, then more nodes that start from `z`. */
function dense(more: ReturnType<typeof node>[], { units = 3, outputs, batch = -1 }: { units?: number; outputs?: Record<string, string>; batch?: number } = {}): SmallGraph {
  return graphOf([placeholder([batch, 4]), node('z', 'MatMul', ['x', 'k']), ...more], [floats('k', [4, units])], outputs);
}

describe('logits are taken before the final', () => {
  const x = (): Tensor => tf.randomUniform([5, 4], -1, 1, 'float32', 'x');

  test.each<[string, SmallGraph]>([
    ['Softmax', dense([node('p', 'Softmax', ['z'])])],
    ['Softmax that is copied', dense([node('p', 'Softmax', ['z']), node('Identity', 'Identity', ['p'])], { outputs: { scores: 'Identity:0' } })],
    ['Softmax that is reshaped', (() => {
      const reshaped = dense([node('r', 'Reshape', ['z', 'wide']), node('p', 'Softmax', ['r']), node('s', 'Squeeze', ['p'], { squeeze_dims: attr.ints([1, 2]) })]);
      return { ...reshaped, weights: [...reshaped.weights, ints('wide', [-1, 1, 1, 3])] };
    })()],
  ])('%s', async (_, graph) => {
    const path = await write(graph);
    const saved = await openTfjs(path);
    expect(saved).toMatchObject({ logits: 'before the final softmax', classes: 3, inputShape: [4], parameters: 12 });
    expect(relativeError(numbers(tf.softmax(saved.eager(x()))), await plainly(path, x()))).toBeLessThan(1e-6);
    expect(numbers(tf.sum(saved.eager(x()), 1))[0]).not.toBeCloseTo(1);
  });

  test.each<[string, SmallGraph]>([
    ['Sigmoid of one unit, as two classes', dense([node('p', 'Sigmoid', ['z'])], { units: 1 })],
    ['Sigmoid that TensorFlow fused', graphOf(
      [placeholder([-1, 4]), node('p', '_FusedMatMul', ['x', 'k', 'b'], { num_args: attr.int(1), fused_ops: attr.texts(['BiasAdd', 'Sigmoid']), transpose_a: attr.bool(false), transpose_b: attr.bool(false) })],
      [floats('k', [4, 1]), floats('b', [1])],
    )],
  ])('%s', async (_, graph) => {
    const path = await write(graph);
    const saved = await openTfjs(path);
    expect(saved).toMatchObject({ logits: 'before the final sigmoid, as two classes [0, z]', classes: 2 });
    const second = tf.slice(tf.softmax(saved.eager(x())), [0, 1], [-1, 1]);
    expect(relativeError(numbers(second), await plainly(path, x()))).toBeLessThan(1e-6);
  });

  test('nothing, where a softmax is over something else than the classes', async () => {
    const graph = graphOf(
      [placeholder([-1, 2, 3]), node('p', 'Softmax', ['x']), node('y', 'Reshape', ['p', 'flat'])],
      [ints('flat', [-1, 6])],
    );
    expect(await open(graph)).toMatchObject({ logits: 'as the model returns them', classes: 6 });
  });

  test('the output that is a classifier’s, where there are several', async () => {
    const graph = dense([node('p', 'Softmax', ['z'])], { outputs: { embedding: 'z', scores: 'p' } });
    expect(await open(graph)).toMatchObject({ logits: 'before the final softmax', classes: 3 });
  });
});

describe('a batch that the file fixes at 1', () => {
  test('is opened where the graph allows it', async () => {
    const [one, any] = [await open(dense([], { batch: 1 })), await open(dense([]))];
    const x = tf.randomUniform([5, 4], -1, 1, 'float32', 'x');
    expect(one.oneByOne).toBe(false);
    expect(numbers(one.eager(x))).toEqual(numbers(any.eager(x)));
  });

  test('else runs one example at a time, and the user is told', async () => {
    const flat = { ...dense([node('y', 'Reshape', ['z', 'row'])], { batch: 1 }) };
    const saved = await open({ ...flat, weights: [...flat.weights, ints('row', [1, 3])] });
    const x = tf.randomUniform([5, 4], -1, 1, 'float32', 'x');
    expect(saved.oneByOne).toBe(true);
    expect(numbers(saved.eager(x))).toEqual(numbers((await open(dense([]))).eager(x)));
  });
});

test('a node that prints what goes through does so no more', async () => {
  const log = vi.spyOn(console, 'log').mockImplementation(() => undefined);
  const saved = await open(dense([node('shown', 'Print', ['z', 'x']), node('p', 'Softmax', ['shown'])]));
  expect(numbers(saved.eager(tf.ones([1, 4])))).toEqual(numbers((await open(dense([]))).eager(tf.ones([1, 4]))));
  expect(log).not.toHaveBeenCalled();
  log.mockRestore();
});

describe('tracing a GraphModel', () => {
  test('leaves its weights where they are, and closing it frees them', async () => {
    const x = tf.ones([2, 4]);
    const path = await write(dense([node('p', 'Softmax', ['z'])]));
    const before = tf.memory().numTensors;
    const saved = await openTfjs(path);
    const answer = tf.tidy(() => numbers(saved.eager(x)));
    await saved.trace(4);
    expect(tf.tidy(() => numbers(saved.eager(x)))).toEqual(answer);
    saved.close();
    expect(tf.memory().numTensors).toBe(before);
  });
});

describe('what is not a usable GraphModel is refused in one line', () => {
  const conv = (input: string): ReturnType<typeof node> => node('y', 'Relu', [input]);

  test.each<[string, SmallGraph, string]>([
    ['control flow', graphOf([placeholder([-1, 4]), node('go', 'Switch', ['x', 'x']), node('y', 'Merge', ['go:0', 'go:1'])]),
      'node y is a Merge, and a graph with control flow has no gradient in TF.js'],
    ['a loop', graphOf([placeholder([-1, 4]), node('loop', 'StatelessWhile', ['x']), conv('loop')]),
      'node loop is a StatelessWhile, and a graph with control flow has no gradient in TF.js'],
    ['an op that TF.js has not', graphOf([placeholder([-1, 4]), node('f', 'FancyOp', ['x']), conv('f')]), "unknown op 'FancyOp': TF.js has none of this name"],
    ['a node without its input', graphOf([placeholder([-1, 4]), conv('gone')]), 'node y takes gone, which the graph does not have'],
    ['a graph that goes in circles', graphOf([placeholder([-1, 4]), node('a', 'Identity', ['b']), node('b', 'Identity', ['a'])], [], { y: 'a' }), 'output a does not depend on the input x'],
    ['a constant without weights', graphOf([placeholder([-1, 4]), node('c', 'Const'), node('y', 'AddV2', ['x', 'c'])]), 'node c is a constant that the weights do not have'],
    ['a weight that is NaN', graphOf([placeholder([-1, 4]), node('y', 'AddV2', ['x', 'k'])], [{ ...floats('k', [4]), values: [1, 2, NaN, 4] }]), 'weight k holds NaN at position 2'],
    ['two inputs', graphOf([placeholder([-1, 4]), placeholder([-1, 4], 'm'), node('y', 'AddV2', ['x', 'm'])]), 'expected a model with one input, found 2: x, m'],
    ['integers as input', graphOf([placeholder([-1, 4], 'x', 'DT_INT32'), conv('x')]), 'expected a float32 input, found DT_INT32'],
    ['an input whose size is not fixed', graphOf([placeholder([-1, -1, -1, 3]), conv('x')]), 'expected an input of fixed size, found [?, ?, ?, 3]'],
    ['a batch fixed at 8', graphOf([placeholder([8, 4]), conv('x')]), 'expected a batch of any size, or of 1, found 8'],
    ['an output that is an image', graphOf([placeholder([-1, 4, 4, 3]), conv('x')]), 'expected an output [batch, classes], found [1, 4, 4, 3] for one example'],
    ['shapes that do not fit', graphOf([placeholder([-1, 4]), node('y', 'MatMul', ['x', 'k'])], [floats('k', [5, 3])]),
      'TF.js cannot run this model: a product of 4 columns with 5 rows'],
    ['several outputs of which none is a classifier’s', dense([conv('z')], { outputs: { a: 'z', b: 'y' } }),
      'expected a model with one output, or one that ends in a softmax or sigmoid, found 2: z, y'],
    ['an output that is not there', dense([], { outputs: { a: 'scores:0' } }), "the signature's output scores:0 is not in the graph"],
    ['a regression', dense([], { units: 1 }), 'the model has one output that is no sigmoid (a regression?); expected a classifier'],
  ])('%s', async (_, graph, message) => {
    const path = await write(graph);
    const before = tf.memory().numTensors;
    const error: unknown = await openTfjs(path).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(UserError);
    expect((error as UserError).message).toBe(`${join(path, 'model.json')}: ${message}`);
    expect(tf.memory().numTensors).toBe(before);
  });
});
