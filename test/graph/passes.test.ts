import { describe, expect, test } from 'vitest';
import { evaluate } from '../../src/engine/evaluate.ts';
import { Graph, type Attributes, type Value } from '../../src/graph/ir.ts';
import { eliminateDeadCode } from '../../src/graph/passes/eliminateDeadCode.ts';
import { foldBatchNorm } from '../../src/graph/passes/foldBatchNorm.ts';
import { foldConstants } from '../../src/graph/passes/foldConstants.ts';
import { layout } from '../../src/graph/passes/layout.ts';
import { shareCommon } from '../../src/graph/passes/shareCommon.ts';
import { simplify } from '../../src/graph/passes/simplify.ts';
import { bool, expectClose, spread, wave } from './support.ts';

const count = (graph: Graph, op: string): number => graph.nodes.filter((node) => node.op === op).length;
const opsOf = (graph: Graph): string[] =>
  graph.nodes.map(({ op }) => op).filter((op) => op !== 'Constant' && op !== 'Input');

/** A graph over one input `x`; the value that `write` returns is output `y`. */
function graphOf(shape: readonly number[], write: (graph: Graph, x: Value) => Value): Graph {
  const graph = new Graph();
  graph.output('y', write(graph, graph.input('x', shape)));
  return graph;
}

const constant = (graph: Graph, shape: readonly number[], phase = 1): Value =>
  graph.constant(wave(shape, phase).data, shape);

async function expectSame(changed: Graph, original: Graph): Promise<void> {
  const [x] = original.inputs;
  const feeds = { x: spread(x!.shape).data };
  const [actual, expected] = [await evaluate(changed, feeds), await evaluate(original, feeds)];
  expect(changed.outputs.get('y')!.shape).toEqual(original.outputs.get('y')!.shape);
  expectClose(actual.get('y')!.data as Float32Array, expected.get('y')!.data as Float32Array, 2e-6);
}

const toFirst = { perm: [0, 3, 1, 2] };
const toLast = { perm: [0, 2, 3, 1] };

describe('layout moves every Transpose past', () => {
  type Write = (graph: Graph, x: Value) => Value;
  const op =
    (name: string, attributes: Attributes = {}, more: (graph: Graph) => Value[] = () => []): Write =>
    (graph, x) =>
      graph.add(name, [x, ...more(graph)], attributes);
  const second =
    (write: Write): Write =>
    (graph, x) =>
      write(graph, x).node.outputs[1]!;
  const asFloat =
    (write: Write): Write =>
    (graph, x) =>
      graph.add('Cast', [write(graph, x)], { to: 'float32' });

  /** Each runs on a channels-last value [2, 4, 5, 3] that is the Transpose of a channels-first one. */
  const rows: readonly (readonly [string, Write])[] = [
    ['Relu', op('Relu')],
    ['Clip', op('Clip', { min: 0, max: 1 })],
    ['Add of a channel vector', op('Add', {}, (g) => [constant(g, [3])])],
    ['Mul of a scalar', op('Mul', {}, (g) => [g.scalar(2)])],
    ['Sub of a row of pixels', op('Sub', {}, (g) => [constant(g, [5, 1])])],
    ['Sub from a whole image', (g, x) => g.add('Sub', [constant(g, [4, 5, 3]), x])],
    ['PRelu', op('PRelu', {}, (g) => [constant(g, [5, 3])])],
    ['Where', (g, x) => g.add('Where', [g.constant(bool([1, 0, 1]).data, [3], 'bool'), x, g.scalar(7)])],
    ['Greater', asFloat(op('Greater', {}, (g) => [g.scalar(0)]))],
    ['Softmax over channels', op('Softmax', { axis: -1 })],
    ['LogSoftmax over rows', op('LogSoftmax', { axis: 1 })],
    ['CumSum', op('CumSum', { axis: 2 })],
    ['ReduceMean over space', op('ReduceMean', { axes: [1, 2], keepdims: 0 })],
    ['ReduceSum over channels', op('ReduceSum', { axes: [-1], keepdims: 1 })],
    [
      'ReduceMax over columns',
      (g, x) => g.add('Transpose', [g.add('ReduceMax', [x], { axes: [2], keepdims: 0 })], { perm: [0, 2, 1] }),
    ],
    ['ArgMax over channels', asFloat(op('ArgMax', { axis: 3, keepdims: 0 }))],
    ['TopK', op('TopK', { k: 2, axis: -1 })],
    ['Concat with itself', (g, x) => g.add('Concat', [x, x], { axis: 3 })],
    ['Concat with a constant', op('Concat', { axis: -1 }, (g) => [constant(g, [2, 4, 5, 2])])],
    ['Split', second(op('Split', { axis: 3, split: [1, 2] }))],
    ['Slice', op('Slice', { starts: [1, 0], ends: [3, 2], axes: [-2, 3] })],
    ['Slice without axes', op('Slice', { starts: [0, 1, 1], ends: [2, 3, 4] })],
    ['Pad', op('Pad', { pads: [0, 1, 2, 0, 0, 3, 4, 0], mode: 'constant', value: 0.5 })],
    ['Tile', op('Tile', { repeats: [1, 2, 1, 3] })],
    ['Expand', op('Expand', { shape: [2, 4, 5, 3] })],
  ];

  test.each(rows)('%s', async (_, write) => {
    const original = graphOf([2, 3, 4, 5], (g, x) => write(g, g.add('Transpose', [x], toLast)));
    const [y] = original.outputs.values();
    if (y!.shape.length === 4) original.output('y', original.add('Transpose', [y!], toFirst));
    const sunk = await foldConstants(layout(original), evaluate);
    await expectSame(sunk, original);
    expect(count(sunk, 'Transpose')).toBe(0);
  });

  test('two values that share a layout, one of which is broadcast', async () => {
    const original = graphOf([2, 3, 4, 5], (g, x) => {
      const last = g.add('Transpose', [x], toLast);
      const gate = g.add('Sigmoid', [g.add('Transpose', [g.add('GlobalAveragePool', [x])], toLast)]);
      return g.add('Transpose', [g.add('Mul', [last, gate])], toFirst);
    });
    await expectSame(layout(original), original);
    expect(opsOf(layout(original))).toEqual(['GlobalAveragePool', 'Sigmoid', 'Mul']);
  });

  test('a flatten before a dense layer, whose rows are reordered instead', async () => {
    const original = graphOf([2, 3, 4, 5], (g, x) => {
      const flat = g.add('Reshape', [g.add('Transpose', [x], toLast)], { shape: [2, 60] });
      return g.add('MatMul', [flat, constant(g, [60, 4])]);
    });
    const sunk = await foldConstants(layout(original), evaluate);
    await expectSame(sunk, original);
    expect(opsOf(sunk)).toEqual(['Reshape', 'MatMul']);
  });
});

test('layout leaves a Transpose that an op in between needs', async () => {
  const original = graphOf([2, 3, 4, 5], (g, x) => {
    const rows = g.add('Reshape', [g.add('Transpose', [x], toLast)], { shape: [2, 20, 3] });
    return g.add('MatMul', [rows, constant(g, [3, 4])]);
  });
  await expectSame(layout(original), original);
  expect(count(layout(original), 'Transpose')).toBe(1);
});

describe('foldBatchNorm folds', () => {
  type Linear = (graph: Graph, x: Value) => Value;
  const linears: Readonly<Record<string, { channels: number; shape: number[]; write: Linear }>> = {
    Conv: {
      channels: 4,
      shape: [2, 3, 5, 5],
      write: (g, x) => g.add('Conv', [x, constant(g, [4, 3, 3, 3]), constant(g, [4])], { pads: [1, 1, 1, 1] }),
    },
    'Conv without bias': {
      channels: 4,
      shape: [2, 3, 5, 5],
      write: (g, x) => g.add('Conv', [x, constant(g, [4, 3, 2, 2])], { strides: [2, 2] }),
    },
    'depthwise Conv': {
      channels: 6,
      shape: [2, 3, 5, 5],
      write: (g, x) => g.add('Conv', [x, constant(g, [6, 1, 3, 3])], { group: 3 }),
    },
    ConvTranspose: {
      channels: 4,
      shape: [2, 3, 3, 3],
      write: (g, x) => g.add('ConvTranspose', [x, constant(g, [3, 4, 2, 2]), constant(g, [4])], { strides: [2, 2] }),
    },
    'grouped ConvTranspose': {
      channels: 4,
      shape: [2, 6, 3, 3],
      write: (g, x) => g.add('ConvTranspose', [x, constant(g, [6, 2, 2, 2])], { group: 2 }),
    },
    MatMul: { channels: 4, shape: [2, 3], write: (g, x) => g.add('MatMul', [x, constant(g, [3, 4])]) },
    'MatMul with bias': {
      channels: 4,
      shape: [2, 3],
      write: (g, x) => g.add('Add', [g.add('MatMul', [x, constant(g, [3, 4])]), constant(g, [4], 3)]),
    },
  };
  const perChannel = (g: Graph, y: Value, channels: number, phase: number): Value =>
    constant(g, y.shape.length === 2 ? [channels] : [channels, 1, 1], phase);

  describe.each(Object.entries(linears))('into %s', (_, { channels, shape, write }) => {
    test.each<[string, Linear]>([
      [
        'a scale and a shift',
        (g, y) => g.add('Add', [g.add('Mul', [y, perChannel(g, y, channels, 5)]), perChannel(g, y, channels, 6)]),
      ],
      [
        'a difference and a quotient',
        (g, y) => g.add('Div', [g.add('Sub', [y, perChannel(g, y, channels, 5)]), perChannel(g, y, channels, 6)]),
      ],
      ['scalars', (g, y) => g.add('Add', [g.scalar(3), g.add('Mul', [g.scalar(2), y])])],
    ])('%s after it', async (_, norm) => {
      const original = graphOf(shape, (g, x) => norm(g, write(g, x)));
      const folded = await foldConstants(foldBatchNorm(original), evaluate);
      await expectSame(folded, original);
      expect(opsOf(folded).filter((op) => !['Conv', 'ConvTranspose', 'MatMul'].includes(op)).length).toBe(
        shape.length === 2 ? 1 : 0,
      );
    });
  });

  test.each<[string, number[], Linear]>([
    [
      'Conv',
      [2, 4, 5, 5],
      (g, x) =>
        g.add('Conv', [g.add('Mul', [x, constant(g, [4, 1, 1])]), constant(g, [4, 2, 3, 3])], {
          group: 2,
          pads: [1, 1, 1, 1],
        }),
    ],
    [
      'Conv, scalar',
      [2, 4, 5, 5],
      (g, x) => g.add('Conv', [g.add('Div', [x, g.scalar(3)]), constant(g, [4, 2, 3, 3])], { group: 2 }),
    ],
    ['MatMul', [2, 4], (g, x) => g.add('MatMul', [g.add('Mul', [x, constant(g, [4])]), constant(g, [4, 3])])],
  ])('a scale before it into %s', async (_, shape, write) => {
    const original = graphOf(shape, write);
    const folded = await foldConstants(foldBatchNorm(original), evaluate);
    await expectSame(folded, original);
    expect(opsOf(folded)).toHaveLength(1);
  });

  test.each<[string, Linear]>([
    ['a factor per pixel', (g, y) => g.add('Mul', [y, constant(g, [3, 3])])],
    ['a value that is needed as it is', (g, y) => g.add('Add', [y, g.add('Mul', [y, g.scalar(2)])])],
    ['a factor that is divided', (g, y) => g.add('Div', [g.scalar(2), y])],
  ])('nothing for %s', async (_, write) => {
    const original = graphOf([2, 3, 3, 3], (g, x) => write(g, g.add('Conv', [x, constant(g, [4, 3, 1, 1])])));
    const folded = await foldConstants(foldBatchNorm(original), evaluate);
    await expectSame(folded, original);
    expect(opsOf(folded)).toEqual(opsOf(original));
  });

  test.each<[string, number[], Linear]>([
    ['after a Conv', [2, 3, 4, 4], (g, x) => g.add('Add', [g.add('Conv', [x, constant(g, [1, 3, 2, 2])]), constant(g, [4, 1, 1])])],
    ['before a Conv', [2, 1, 4, 4], (g, x) => g.add('Conv', [g.add('Mul', [x, constant(g, [4, 1, 1])]), constant(g, [2, 4, 2, 2])])],
    ['after a MatMul', [2, 3], (g, x) => g.add('Add', [g.add('MatMul', [x, constant(g, [3, 1])]), constant(g, [4])])],
  ])('nothing that makes several channels of one, %s', async (_, shape, write) => {
    const original = graphOf(shape, write);
    const folded = await foldConstants(foldBatchNorm(original), evaluate);
    await expectSame(folded, original);
    expect(opsOf(folded)).toEqual(opsOf(original));
  });
});

describe('foldConstants', () => {
  test('evaluates what depends on no input, outputs included', async () => {
    const graph = graphOf([2], (g, x) => g.add('Add', [x, g.add('Exp', [g.scalar(0)])]));
    graph.output('known', graph.add('Add', [graph.scalar(1), graph.scalar(2)]));
    const folded = await foldConstants(graph, evaluate);
    expect(opsOf(folded)).toEqual(['Add']);
    expect([...(folded.outputs.get('known')!.node.data as Float32Array)]).toEqual([3]);
  });

  test('of an op with several results, only some of which the graph reads as they are', async () => {
    const graph = graphOf([2, 3], (g, x) => {
      const [first, second] = g.add('Split', [constant(g, [3, 4])], { axis: 1, split: [2, 2] }).node.outputs as [Value, Value];
      const negative = g.add('Neg', [g.add('Exp', [second])]);
      return g.add('Add', [g.add('MatMul', [x, first]), g.add('MatMul', [x, negative])]);
    });
    const folded = await foldConstants(graph, evaluate);
    expect(opsOf(folded)).toEqual(['MatMul', 'MatMul', 'Add']);
    await expectSame(folded, graph);
  });

  test('does not store copies of a constant', async () => {
    const graph = graphOf([64, 64], (g, x) => g.add('Add', [x, g.add('Expand', [g.scalar(1)], { shape: [64, 64] })]));
    expect(opsOf(await foldConstants(graph, evaluate))).toEqual(['Expand', 'Add']);
  });

  test('keeps integers and truths what they are', async () => {
    const graph = graphOf([3], (g, x) => {
      const index = g.add('ArgMax', [constant(g, [4])], { keepdims: 1 });
      const picked = g.add('Gather', [x, g.add('Cast', [g.add('Equal', [index, index])], { to: 'int64' })]);
      return g.add('Where', [g.add('Not', [g.add('Equal', [index, index])]), g.scalar(0), picked]);
    });
    const folded = await foldConstants(graph, evaluate);
    expect(opsOf(folded)).toEqual(['Gather', 'Where']);
    await expectSame(folded, graph);
  });
});

test('shareCommon computes equal expressions once, and only those', () => {
  const graph = graphOf([3], (g, x) => {
    const sum = g.add('Add', [g.add('Exp', [x]), g.add('Exp', [x])]);
    const clipped = g.add('Add', [g.add('Clip', [sum], { max: 1 }), g.add('Clip', [sum], { max: 2 })]);
    return g.add('Add', [g.add('Mul', [clipped, g.scalar(2)]), g.add('Mul', [clipped, g.scalar(2)])]);
  });
  expect(opsOf(shareCommon(graph))).toEqual(['Exp', 'Add', 'Clip', 'Clip', 'Add', 'Mul', 'Add']);
  expect(count(shareCommon(graph), 'Constant')).toBe(1);
});

test('eliminateDeadCode drops what no output needs and keeps the inputs', () => {
  const graph = graphOf([3], (g, x) => {
    g.add('Exp', [x]);
    g.input('unused', [1]);
    return g.add('Neg', [x]);
  });
  const cleaned = eliminateDeadCode(graph);
  expect(opsOf(cleaned)).toEqual(['Neg']);
  expect(cleaned.inputs.map(({ node }) => node.name)).toEqual(['x', 'unused']);
});

describe('simplify', () => {
  const rows: readonly (readonly [string, number[], (graph: Graph, x: Value) => Value, string[]])[] = [
    ['a Transpose of ones is a Reshape', [2, 1, 4, 5], (g, x) => g.add('Transpose', [x], toLast), ['Reshape']],
    [
      'a Transpose that moves values stays',
      [2, 3, 4, 1],
      (g, x) => g.add('Transpose', [x], { perm: [0, 2, 1, 3] }),
      ['Transpose'],
    ],
    [
      'Reshapes in a row are one',
      [2, 6],
      (g, x) => g.add('Reshape', [g.add('Reshape', [x], { shape: [3, 4] })], { shape: [4, 3] }),
      ['Reshape'],
    ],
    [
      'Reshapes there and back are none',
      [2, 6],
      (g, x) => g.add('Neg', [g.add('Reshape', [g.add('Reshape', [x], { shape: [3, 4] })], { shape: [2, 6] })]),
      ['Neg'],
    ],
    [
      'a broadcast needs no Expand',
      [2, 6],
      (g, x) => g.add('Mul', [x, g.add('Expand', [constant(g, [6])], { shape: [2, 6] })]),
      ['Mul'],
    ],
    [
      'an Expand that gives the shape stays',
      [6],
      (g, x) => g.add('Mul', [x, g.add('Expand', [constant(g, [6])], { shape: [2, 6] })]),
      ['Expand', 'Mul'],
    ],
    [
      'one of two Expands stays',
      [2, 1],
      (g, x) => {
        const wide = (value: Value): Value => g.add('Expand', [value], { shape: [2, 6] });
        return g.add('Add', [wide(x), wide(g.add('Neg', [x]))]);
      },
      ['Neg', 'Expand', 'Add'],
    ],
    [
      'a ReLU waits for the pool',
      [1, 2, 4, 4],
      (g, x) => g.add('MaxPool', [g.add('Relu', [x])], { kernel_shape: [2, 2], strides: [2, 2] }),
      ['MaxPool', 'Relu'],
    ],
    [
      'a ReLU does not wait for a pool that keeps the size',
      [1, 2, 4, 4],
      (g, x) => g.add('MaxPool', [g.add('Relu', [x])], { kernel_shape: [3, 3], pads: [1, 1, 1, 1] }),
      ['Relu', 'MaxPool'],
    ],
    ['a Clip takes over its ReLU', [2, 6], (g, x) => g.add('Clip', [g.add('Relu', [x])], { max: 0.2 }), ['Clip']],
  ];
  test.each(rows)('%s', async (_, shape, write, expected) => {
    const original = graphOf(shape, write);
    await expectSame(simplify(original), original);
    expect(opsOf(eliminateDeadCode(simplify(original)))).toEqual(expected);
  });
});
