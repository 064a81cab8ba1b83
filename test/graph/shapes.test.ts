import { describe, expect, test } from 'vitest';
import { evaluate } from '../../src/engine/evaluate.ts';
import { sizeOf } from '../../src/graph/broadcast.ts';
import type { Tensor } from '../../src/graph/check.ts';
import { Graph, Untraceable, type Attributes } from '../../src/graph/ir.ts';
import { ops } from '../../src/graph/shapes.ts';
import { bool, int64, spread, wave } from './support.ts';
import { cases } from './vjpCases.ts';

type Row = { inputs: readonly Tensor[]; attributes?: Attributes };

const comparison: Row[] = [{ inputs: [wave([2, 3]), wave([3])] }];
const logical: Row[] = [{ inputs: [bool([1, 0], [2, 1]), bool([0, 1])] }];

const byte = (shape: readonly number[]): Tensor => ({ data: new Uint8Array(sizeOf(shape)).fill(3), shape, dtype: 'uint8' });
const step: Tensor = { data: Float32Array.of(0.25), shape: [], dtype: 'float32' };
const image = byte([2, 4, 5, 5]);
const filter = byte([6, 2, 3, 3]);
const window = { group: 2, strides: [2, 2], pads: [1, 0, 0, 1] };

/** Ops that carry no gradient, or whose gradient has tests of its own, beside those of the VJP table. */
const others: Readonly<Record<string, readonly Row[]>> = {
  Equal: comparison,
  Greater: comparison,
  GreaterOrEqual: comparison,
  Less: comparison,
  LessOrEqual: comparison,
  And: logical,
  Or: logical,
  Not: [{ inputs: [bool([1, 0])] }],
  ArgMax: [{ inputs: [spread([2, 3])], attributes: { axis: -1, keepdims: 0 } }, { inputs: [spread([2, 3])] }],
  ArgMin: [{ inputs: [spread([2, 3])], attributes: { axis: 1 } }],
  OneHot: [
    { inputs: [int64([0, 2, 1])], attributes: { depth: 4, axis: -1 } },
    { inputs: [int64([0, 2])], attributes: { depth: 3, axis: 0 } },
  ],
  MaxUnpool: [
    {
      inputs: [wave([1, 1, 2, 2]), int64([1, 6, 8, 15], [1, 1, 2, 2])],
      attributes: { kernel_shape: [2, 2], strides: [2, 2], output_shape: [1, 1, 4, 4] },
    },
  ],
  QuantizeLinear: [{ inputs: [wave([2, 3]), step, byte([])] }],
  DequantizeLinear: [{ inputs: [byte([2, 3]), step, byte([])] }],
  DynamicQuantizeLinear: [{ inputs: [wave([2, 3])] }, { inputs: [wave([2, 3])], attributes: { perRow: 1 } }],
  QLinearConv: [{ inputs: [image, step, byte([]), filter, step, byte([]), step, byte([])], attributes: window }],
  QLinearMatMul: [{ inputs: [byte([2, 3]), step, byte([]), byte([3, 4]), step, byte([]), step, byte([])] }],
  ConvInteger: [{ inputs: [image, filter, byte([]), byte([])], attributes: window }],
  MatMulInteger: [{ inputs: [byte([2, 3]), byte([3, 4]), byte([]), byte([])] }],
};

const rows: Readonly<Record<string, readonly Row[]>> = { ...cases, ...others };

test('every op of the graph has a row', () => {
  expect(Object.keys(rows).sort()).toEqual([...ops].sort());
});

describe.each(Object.entries(rows))('the outputs of %s', (op, given) => {
  test('have the shapes that ONNX Runtime gives them', async () => {
    for (const { inputs, attributes } of given) {
      const graph = new Graph();
      const feeds: Record<string, Tensor['data']> = {};
      const values = inputs.map(({ data, shape, dtype }, i) => {
        feeds[`x${i}`] = data;
        return graph.input(`x${i}`, shape, dtype);
      });
      const { outputs } = graph.add(op, values, attributes).node;
      for (const [i, output] of outputs.entries()) graph.output(`y${i}`, output);
      const results = await evaluate(graph, feeds);
      for (const [i, output] of outputs.entries()) expect([...results.get(`y${i}`)!.shape]).toEqual(output.shape);
    }
  });
});

describe('a combination that cannot be is refused where it is built', () => {
  test.each<[string, readonly (readonly number[])[], Attributes, string]>([
    ['Add', [[2, 3], [4]], {}, 'Add of [2, 3] [4] {}: shapes [2, 3] and [4] do not broadcast'],
    [
      'MatMul',
      [
        [2, 3],
        [4, 5],
      ],
      {},
      '3 columns meet 4 rows',
    ],
    [
      'Conv',
      [
        [1, 3, 8, 8],
        [4, 2, 3, 3],
      ],
      {},
      '3 channels meet a filter of 2 in 1 groups',
    ],
    [
      'Conv',
      [
        [1, 3, 2, 2],
        [4, 3, 3, 3],
      ],
      {},
      'a window of 3 does not fit axis 0 of 2',
    ],
    [
      'ConvTranspose',
      [
        [1, 3, 8, 8],
        [4, 2, 3, 3],
      ],
      {},
      '3 channels meet a filter of 4',
    ],
    ['Reshape', [[2, 3]], { shape: [4] }, '6 values do not fill [4]'],
    ['Transpose', [[2, 3]], { perm: [0, 0] }, 'perm is no permutation'],
    [
      'Concat',
      [
        [2, 3],
        [3, 3],
      ],
      { axis: 1 },
      'the other axes differ',
    ],
    ['Split', [[2, 3]], { axis: 1, split: [1, 1] }, 'the parts do not add up'],
    ['ReduceSum', [[2, 3]], { axes: [2] }, 'axis 2 is outside rank 2'],
    ['MaxPool', [[1, 1, 4, 4]], {}, 'attribute kernel_shape: expected a list of numbers, found undefined'],
  ])('%s %j', (op, shapes, attributes, message) => {
    const graph = new Graph();
    const inputs = shapes.map((shape, i) => graph.input(`x${i}`, shape));
    expect(() => graph.add(op, inputs, attributes)).toThrow(message);
  });

  test('an op that the graph does not have is named', () => {
    const graph = new Graph();
    expect(() => graph.add('Einsum', [graph.input('x', [2])])).toThrow(
      new Untraceable('Einsum', 'no such op in the graph'),
    );
  });
});
