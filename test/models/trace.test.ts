import type { Tensor } from '@tensorflow/tfjs';
import { beforeAll, describe, expect, test } from 'vitest';
import { Untraceable } from '../../src/graph/ir.ts';
import { loadTf, type Tf } from '../../models/tfjs/tf.ts';
import { trace } from '../../models/tfjs/trace.ts';
import { residual, smallCnn } from '../support/nets.ts';
import { forwardAgainstEager } from './compiled.ts';

let tf: Tf;
beforeAll(async () => {
  tf = await loadTf();
  await tf.setBackend('cpu');
});

const classify = (model: { apply(x: Tensor, options: object): unknown }) => (x: Tensor) =>
  model.apply(x, { training: false }) as Tensor;

describe('tracing', () => {
  test('names its input and output and fixes the batch size', () => {
    const graph = trace(tf, classify(smallCnn(tf)), [7, 8, 8, 1]);
    expect(graph.inputs.map(({ node, shape }) => [node.name, shape])).toEqual([['x', [7, 8, 8, 1]]]);
    expect([...graph.outputs].map(([name, { shape }]) => [name, shape])).toEqual([['logits', [7, 4]]]);
  });

  test('keeps no trace of how TF.js wraps a dense layer into a batch of one', () => {
    const dense = tf.layers.dense({ units: 3, inputShape: [5] });
    dense.build([null, 5]);
    const graph = trace(tf, (x) => dense.apply(x) as Tensor, [2, 5]);
    const ops = graph.nodes.map(({ op }) => op).filter((op) => op !== 'Constant');
    expect(ops).toEqual(['Input', 'MatMul', 'Add']);
  });

  test('computes what does not depend on the input', () => {
    const graph = trace(tf, (x) => tf.mul(x, tf.sqrt(tf.sum(tf.range(0, 5)))), [1, 2]);
    const [constant] = graph.nodes.filter(({ op }) => op === 'Constant');
    expect(graph.nodes.map(({ op }) => op).sort()).toEqual(['Constant', 'Input', 'Mul']);
    expect([...constant!.data!]).toEqual([Math.fround(Math.sqrt(10))]);
  });

  test('lets a model read what does not depend on the input', () => {
    const graph = trace(tf, (x) => tf.mul(x, tf.max([1, 7, 3]).dataSync()[0]!), [1, 2]);
    expect([...graph.nodes.find(({ op }) => op === 'Constant')!.data!]).toEqual([7]);
  });

  test('keeps the weights of a layer norm as small as they are, whatever the batch', () => {
    const layer = tf.layers.layerNormalization();
    const graph = trace(tf, (x) => layer.apply(x) as Tensor, [64, 9, 9, 5]);
    const sizes = graph.nodes.flatMap(({ data }) => data?.length ?? []);
    expect(Math.max(...sizes)).toBe(5);
  });

  test('uses one constant for a weight that is used twice', () => {
    const shared = tf.layers.dense({ units: 5 });
    shared.build([null, 5]);
    const graph = trace(tf, (x) => shared.apply(shared.apply(x)) as Tensor, [2, 5]);
    const matrices = graph.nodes.filter(({ op, outputs }) => op === 'Constant' && outputs[0]!.shape.length === 2);
    expect(new Set(matrices.map(({ data }) => data)).size).toBe(1);
  });
});

describe('tracing leaves TF.js as it was', () => {
  test('the backend is restored and no tensor is left', () => {
    const f = classify(residual(tf));
    const before = tf.memory();
    trace(tf, f, [2, 8, 8, 3]);
    expect(tf.getBackend()).toBe('cpu');
    expect(tf.memory()).toEqual(before);
    expect(tf.findBackend('breakwater-trace')).toBeNull();
  });

  test('even where the model throws', () => {
    const fail = (): Tensor => {
      throw new Error('from the model');
    };
    const before = tf.memory();
    expect(() => trace(tf, fail, [1, 2])).toThrow('from the model');
    expect(tf.getBackend()).toBe('cpu');
    expect(tf.memory()).toEqual(before);
  });

  test('weights stay on their backend and in use', async () => {
    const model = residual(tf);
    const f = classify(model);
    const x = tf.ones([2, 8, 8, 3]);
    const before = f(x).arraySync();
    expect(await forwardAgainstEager(tf, f, [2, 8, 8, 3])).toBeLessThan(1e-5);
    expect(f(x).arraySync()).toEqual(before);
    model.dispose();
  });

  test('nothing in between can run on the tracing backend', async () => {
    const f = classify(smallCnn(tf));
    const seen: string[] = [];
    const other = Promise.resolve().then(() => seen.push(tf.getBackend()));
    trace(tf, f, [1, 8, 8, 1]);
    await other;
    expect(seen).toEqual(['cpu']);
  });
});

describe('what cannot be traced is named', () => {
  const untraceable = (f: (x: Tensor) => Tensor, shape = [2, 3]): Untraceable => {
    try {
      trace(tf, f, shape);
    } catch (error) {
      expect(error).toBeInstanceOf(Untraceable);
      return error as Untraceable;
    }
    return expect.fail('it was traced');
  };

  test('a kernel without a rule', () => {
    expect(untraceable((x) => tf.topk(x, 1).values)).toMatchObject({ op: 'TopK' });
    const volume = (x: Tensor): Tensor => tf.avgPool3d(x as never, 2, 1, 'valid');
    expect(untraceable(volume, [1, 2, 2, 2, 1])).toMatchObject({ op: 'AvgPool3D' });
  });

  test('reading a value that depends on the input', () => {
    const error = untraceable((x) => tf.mul(x, tf.tanh(x).dataSync()[0]!));
    expect(error.op).toBe('Tanh');
    expect(error.message).toBe('Tanh: its result depends on the input, yet the model reads it');
  });

  test('a kernel that only some other backend knows', () => {
    const custom = (x: Tensor): Tensor => tf.engine().runKernel('Fancy', { x });
    expect(untraceable(custom)).toMatchObject({ op: 'Fancy' });
  });

  test('a random draw, which the graph would repeat for ever', () => {
    const { random } = Math;
    const draws: ((x: Tensor) => Tensor)[] = [
      (x) => tf.add(x, tf.randomNormal([2, 3], 0, 1e-6)),
      (x) => tf.mul(x, tf.randomUniform([3])),
      (x) => tf.dropout(x, 0.5),
    ];
    for (const f of draws) expect(untraceable(f)).toMatchObject({ op: 'a random op' });
    expect(Math.random).toBe(random);
    expect(trace(tf, (x) => tf.add(x, tf.randomNormal([2, 3], 0, 1, 'float32', 5)), [2, 3]).nodes).toHaveLength(3);
  });

  test('a gather whose indices depend on the input', () => {
    expect(untraceable((x) => tf.gather(tf.ones([4, 2]), tf.cast(x, 'int32')))).toMatchObject({ op: 'GatherV2' });
  });
});
