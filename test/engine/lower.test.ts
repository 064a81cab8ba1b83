import { expect, test } from 'vitest';
import { evaluate } from '../../src/engine/evaluate.ts';
import { lowerings } from '../../src/engine/lowerings.ts';
import { Graph, type Attributes, type DType, type TensorData } from '../../src/graph/ir.ts';

interface Given {
  readonly shape: readonly number[];
  readonly data: TensorData;
  readonly dtype?: DType;
}
interface Row {
  readonly op: string;
  readonly inputs: readonly Given[];
  readonly attributes?: Attributes;
  /** Which output, when not the first. */
  readonly output?: number;
  readonly expected: readonly number[];
}

const floats = (shape: readonly number[], ...values: number[]): Given => ({ shape, data: Float32Array.from(values) });
const longs = (shape: readonly number[], ...values: number[]): Given => ({
  shape,
  data: BigInt64Array.from(values, BigInt),
});
const bools = (shape: readonly number[], ...values: number[]): Given => ({ shape, data: Uint8Array.from(values) });
/** uint8, where `bools` has them too, and int8. */
const bytes = (shape: readonly number[], ...values: number[]) => ({ shape, data: Uint8Array.from(values), dtype: 'uint8' as const });
const signed = (shape: readonly number[], ...values: number[]): Given => ({ shape, data: Int8Array.from(values) });
const dtypeOf = ({ data, dtype }: Given): DType =>
  dtype !== undefined
    ? dtype
    : data instanceof Int8Array
    ? 'int8'
    : data instanceof Float32Array
    ? 'float32'
    : data instanceof BigInt64Array
      ? 'int64'
      : data instanceof Int32Array
        ? 'int32'
        : 'bool';

const twoByThree = floats([2, 3], 1, 2, 3, 4, 5, 6);
const cube = floats([1, 2, 2, 2], 1, 2, 3, 4, 5, 6, 7, 8);

/** Each channel's deviation is √1.25. */
const normed = [cube, floats([2], 2 * Math.sqrt(2.5), Math.sqrt(2.5) * (2 / 3)), floats([2], 3, 10)];

const many = 1025;
const many255 = new Array<number>(many).fill(255);

/** Every op that does not lower to itself, and one or two of each family that does. */
const rows: readonly Row[] = [
  { op: 'ReduceSum', inputs: [twoByThree], attributes: { axes: [1], keepdims: 0 }, expected: [6, 15] },
  { op: 'ReduceSum', inputs: [twoByThree], attributes: { axes: [0], keepdims: 1 }, expected: [5, 7, 9] },
  { op: 'ReduceSum', inputs: [twoByThree], expected: [21] },
  { op: 'ReduceSum', inputs: [cube], attributes: { axes: [1] }, expected: [6, 8, 10, 12] },
  { op: 'ReduceSum', inputs: [cube], attributes: { axes: [-1, 1], keepdims: 0 }, expected: [14, 22] },
  { op: 'ReduceSum', inputs: [longs([2, 2], 1, 2, 3, 4)], attributes: { axes: [1], keepdims: 0 }, expected: [3, 7] },
  { op: 'ReduceMean', inputs: [cube], attributes: { axes: [2, 3], keepdims: 0 }, expected: [2.5, 6.5] },
  { op: 'ReduceMean', inputs: [cube], attributes: { axes: [1, 3] }, expected: [3.5, 5.5] },
  { op: 'ReduceMean', inputs: [cube], attributes: { axes: [1] }, expected: [3, 4, 5, 6] },
  { op: 'ReduceMean', inputs: [twoByThree], attributes: { axes: [0], keepdims: 0 }, expected: [2.5, 3.5, 4.5] },
  { op: 'BatchNormalization', inputs: normed, attributes: { epsilon: 1.25 }, expected: [0, 2, 4, 6, 9, 29 / 3, 31 / 3, 11] },
  { op: 'BatchNormalization', inputs: normed, output: 1, expected: [2.5, 6.5] },
  { op: 'BatchNormalization', inputs: normed, output: 2, expected: [1.25, 1.25] },
  { op: 'ReduceMax', inputs: [twoByThree], attributes: { axes: [1], keepdims: 0 }, expected: [3, 6] },
  {
    op: 'Elu',
    inputs: [floats([3], -1, 0, 2)],
    attributes: { alpha: 0.5 },
    expected: [0.5 * (Math.exp(-1) - 1), 0, 2],
  },
  { op: 'Selu', inputs: [floats([2], -1, 2)], expected: [1.050701 * 1.6732632 * (Math.exp(-1) - 1), 2.101402] },
  { op: 'Softplus', inputs: [floats([3], -1, 0, 50)], expected: [Math.log1p(Math.exp(-1)), Math.LN2, 50] },
  { op: 'Reshape', inputs: [twoByThree], attributes: { shape: [3, -1] }, expected: [1, 2, 3, 4, 5, 6] },
  { op: 'Expand', inputs: [floats([2, 1], 1, 2)], attributes: { shape: [2, 2] }, expected: [1, 1, 2, 2] },
  { op: 'Tile', inputs: [floats([1, 2], 1, 2)], attributes: { repeats: [2, 2] }, expected: [1, 2, 1, 2, 1, 2, 1, 2] },
  {
    op: 'Slice',
    inputs: [twoByThree],
    attributes: { starts: [2], ends: [-4], axes: [1], steps: [-2] },
    expected: [3, 1, 6, 4],
  },
  { op: 'Slice', inputs: [twoByThree], attributes: { starts: [1, 1], ends: [2, 3] }, expected: [5, 6] },
  {
    op: 'Pad',
    inputs: [floats([1, 2], 1, 2)],
    attributes: { pads: [0, 1, 1, 0], mode: 'constant', value: 9 },
    expected: [9, 1, 2, 9, 9, 9],
  },
  {
    op: 'Pad',
    inputs: [floats([3], 1, 2, 3)],
    attributes: { pads: [2, 0], mode: 'reflect' },
    expected: [3, 2, 1, 2, 3],
  },
  { op: 'Split', inputs: [twoByThree], attributes: { axis: 1, split: [1, 2] }, output: 1, expected: [2, 3, 5, 6] },
  { op: 'Clip', inputs: [floats([3], -1, 0.5, 7)], attributes: { min: 0, max: 6 }, expected: [0, 0.5, 6] },
  { op: 'Clip', inputs: [floats([2], -1, 7)], attributes: { max: 6 }, expected: [-1, 6] },
  {
    op: 'Resize',
    inputs: [floats([1, 1, 1, 2], 1, 2)],
    attributes: {
      sizes: [1, 1, 1, 4],
      mode: 'nearest',
      coordinate_transformation_mode: 'asymmetric',
      nearest_mode: 'floor',
    },
    expected: [1, 1, 2, 2],
  },
  { op: 'TopK', inputs: [twoByThree], attributes: { k: 2, axis: 1 }, expected: [3, 2, 6, 5] },
  { op: 'TopK', inputs: [twoByThree], attributes: { k: 1, axis: 1 }, output: 1, expected: [2, 2] },
  { op: 'CumSum', inputs: [twoByThree], attributes: { axis: 1, reverse: 1 }, expected: [6, 5, 3, 15, 11, 6] },
  {
    op: 'OneHot',
    inputs: [longs([2], 2, 0)],
    attributes: { depth: 3, values: [-1, 1] },
    expected: [-1, -1, 1, 1, -1, -1],
  },
  { op: 'MaxPool', inputs: [cube], attributes: { kernel_shape: [2, 2], indices: 1 }, output: 1, expected: [3, 7] },
  {
    op: 'MaxUnpool',
    inputs: [floats([1, 1, 1, 1], 5), longs([1, 1, 1, 1], 2)],
    attributes: { kernel_shape: [2, 2], output_shape: [1, 1, 2, 2] },
    expected: [0, 0, 5, 0],
  },
  { op: 'Cast', inputs: [floats([2], 1.7, -1.7)], attributes: { to: 'int64' }, expected: [1, -1] },
  { op: 'Conv', inputs: [cube, floats([1, 2, 1, 1], 1, 10), floats([1], 0.5)], expected: [51.5, 62.5, 73.5, 84.5] },
  { op: 'MatMul', inputs: [twoByThree, floats([3, 1], 1, 0, -1)], expected: [-2, -2] },
  { op: 'Where', inputs: [bools([2], 1, 0), floats([2], 1, 2), floats([], 9)], expected: [1, 9] },
  { op: 'Gather', inputs: [twoByThree, longs([2], 2, 0)], attributes: { axis: 1 }, expected: [3, 1, 6, 4] },
  {
    op: 'HardSigmoid',
    inputs: [floats([3], -1, 0.25, 1)],
    attributes: { alpha: 1, beta: 0.5 },
    expected: [0, 0.75, 1],
  },
  // Steps of 1/255 from −1: (−1, 0); and of 1 from 0: (255, 0).
  ...[[0, 255, 255, 0], [1 / 255, 1], [255, 0]].map((expected, output) => ({
    op: 'DynamicQuantizeLinear', inputs: [floats([2, 2], -1, 0, 255, 0)], attributes: { perRow: 1 }, output, expected,
  })),
  // All four together: steps of 256/255 from −1.
  ...[[0, 1, 255, 1], [256 / 255], [1]].map((expected, output) => ({
    op: 'DynamicQuantizeLinear', inputs: [floats([2, 2], -1, 0, 255, 0)], output, expected,
  })),
  { op: 'DynamicQuantizeLinear', inputs: [floats([1, 2], 0, 0)], attributes: { perRow: 1 }, output: 1, expected: [1] },
  { op: 'DequantizeLinear', inputs: [signed([2], -3, 5), floats([], 0.5), signed([], 1)], expected: [-2, 2] },
  { op: 'DequantizeLinear', inputs: [bytes([2, 1], 3, 5), floats([2, 1], 0.5, 2), bytes([2, 1], 1, 6)], expected: [1, -2] },
  {
    op: 'ConvInteger',
    inputs: [bytes([1, 1, 1, 2], 5, 3), signed([1, 1, 1, 3], 1, -2, 4), bytes([], 1), signed([], 0)],
    attributes: { pads: [0, 1, 0, 1] },
    expected: [-2 * 4 + 4 * 2, 4 - 2 * 2],
  },
  {
    op: 'ConvInteger',
    inputs: [bytes([2, 1, 1, 2], 5, 3, 5, 3), signed([1, 1, 1, 3], 1, -2, 4), bytes([2, 1, 1, 1], 1, 5), signed([], 0)],
    attributes: { pads: [0, 1, 0, 1] },
    expected: [-2 * 4 + 4 * 2, 4 - 2 * 2, 4 * -2, -2 * -2],
  },
  {
    op: 'MatMulInteger',
    inputs: [bytes([2, 2], 1, 2, 3, 4), signed([2, 1], 5, -6), bytes([2, 1], 1, 2), signed([], 1)],
    expected: [-7, 4 - 14],
  },
  // Odd sums beyond 2²⁴, which float32 has not, with one zero point and with one per row.
  ...[bytes([], 0), bytes([2, 1], 0, 1)].map((zero) => ({
    op: 'MatMulInteger',
    inputs: [bytes([2, many], ...many255, ...many255), signed([many, 1], 126, ...new Array<number>(many - 1).fill(127)), zero, signed([], 0)],
    expected: [255 * (127 * many - 1), (zero.shape.length === 0 ? 255 : 254) * (127 * many - 1)],
  })),
  {
    op: 'MatMulInteger',
    inputs: [bytes([2, 1, 2], 1, 2, 3, 4), bytes([2, 2, 1], 5, 6, 7, 8), bytes([2, 1, 1], 1, 2), bytes([2, 1, 1], 5, 6)],
    expected: [1, 1 + 4],
  },
];

test('every op that does not lower to itself has a row', () => {
  expect(Object.keys(lowerings).filter((op) => !rows.some((row) => row.op === op))).toEqual([]);
});

test.each(rows.map((row) => [`${row.op} ${JSON.stringify(row.attributes ?? {})}`, row] as const))(
  '%s',
  async (_, row) => {
    const graph = new Graph();
    const inputs = row.inputs.map((given, i) => graph.input(`in${i}`, given.shape, dtypeOf(given)));
    graph.output('y', graph.add(row.op, inputs, row.attributes).node.outputs[row.output ?? 0]!);
    const feeds = Object.fromEntries(row.inputs.map(({ data }, i) => [`in${i}`, data]));
    const { data, shape } = (await evaluate(graph, feeds)).get('y')!;
    expect(shape).toEqual(graph.outputs.get('y')!.shape);
    expect(data).toHaveLength(row.expected.length);
    row.expected.forEach((value, i) => expect(Number(data[i])).toBeCloseTo(value, 5));
  },
);

test('outputs may be inputs, constants, or the same value twice', async () => {
  const graph = new Graph();
  const x = graph.input('x', [2]);
  const y = graph.add('Neg', [x]);
  for (const [name, value] of Object.entries({ same: x, three: graph.scalar(3), y, again: y }))
    graph.output(name, value);
  const results = await evaluate(graph, { x: Float32Array.of(1, 2) });
  expect(Object.fromEntries(Array.from(results, ([name, { data }]) => [name, Array.from(data, Number)]))).toEqual({
    same: [1, 2],
    three: [3],
    y: [-1, -2],
    again: [-1, -2],
  });
});

test('a graph without inputs is evaluated', async () => {
  const graph = new Graph();
  graph.output('y', graph.add('Add', [graph.constant(Float32Array.of(1, 2), [2]), graph.scalar(1)]));
  expect((await evaluate(graph)).get('y')!.data).toEqual(Float32Array.of(2, 3));
});

test('a missing input is named', async () => {
  const graph = new Graph();
  graph.output('y', graph.add('Neg', [graph.input('x', [1])]));
  await expect(evaluate(graph)).rejects.toThrow('no value for input x');
});
