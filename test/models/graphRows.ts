import { attr, floats, graphOf, ints, node, placeholder, type Node, type SmallGraph, type Weight } from '../support/graphModel.ts';

/** A graph [-1, 6, 6, 4] or as stated, ending in [-1, n], around some of TensorFlow's ops. */
export interface GraphRow {
  readonly ops: string;
  readonly shape: readonly number[];
  readonly graph: SmallGraph;
  /** TF.js gets the gradient of some linear ops wrong or has none. */
  readonly linear: boolean;
}

const image = [6, 6, 4];

/** The nodes, then a reshape to one row of numbers each. */
function row(ops: string, nodes: Node[], weights: Weight[], { shape = image, size = -1, linear = false } = {}): GraphRow {
  const end = [node('flat', 'Reshape', [nodes.at(-1)!.name, 'rows'])];
  return { ops, shape, linear, graph: graphOf([placeholder([-1, ...shape]), ...nodes, ...end], [...weights, ints('rows', [-1, size])]) };
}

/** The number of examples, the way a graph that was traced for any batch finds it. */
const noMasks = { begin_mask: attr.int(0), end_mask: attr.int(0), ellipsis_mask: attr.int(0), new_axis_mask: attr.int(0) };
const batchOf = (x: string): Node[] =>
  [node('shape', 'Shape', [x]), node('n', 'StridedSlice', ['shape', 'zero', 'one', 'one'], { shrink_axis_mask: attr.int(1), ...noMasks })];
const batchWeights: Weight[] = [ints('zero', [0]), ints('one', [1])];

const window = (strides: number, padding = 'SAME') => ({
  strides: attr.ints([1, strides, strides, 1]),
  dilations: attr.ints([1, 1, 1, 1]),
  padding: attr.text(padding),
  data_format: attr.text('NHWC'),
});
const fused = (...ops: string[]) => ({ num_args: attr.int(1), fused_ops: attr.texts(ops), epsilon: attr.float(0) });
const pool = { ksize: attr.ints([1, 2, 2, 1]), strides: attr.ints([1, 2, 2, 1]), padding: attr.text('VALID'), data_format: attr.text('NHWC') };
const both = { transpose_a: attr.bool(false), transpose_b: attr.bool(false) };

export const graphRows: readonly GraphRow[] = [
  row('Conv2D, BiasAdd, Relu6', [node('c', 'Conv2D', ['x', 'k'], window(2)), node('b', 'BiasAdd', ['c', 'bias']), node('r', 'Relu6', ['b'])],
    [floats('k', [3, 3, 4, 5]), floats('bias', [5])], { size: 45 }),
  row('_FusedConv2D, AddV2', [node('c', '_FusedConv2D', ['x', 'k', 'bias'], { ...window(1), ...fused('BiasAdd', 'Relu') }), node('y', 'AddV2', ['c', 'x'])],
    [floats('k', [3, 3, 4, 4]), floats('bias', [4])], { size: 144 }),
  row('FusedDepthwiseConv2dNative', [node('c', 'FusedDepthwiseConv2dNative', ['x', 'k', 'bias'], { ...window(2), ...fused('BiasAdd', 'Relu6') })],
    [floats('k', [3, 3, 4, 1]), floats('bias', [4])], { size: 36 }),
  row('DepthwiseConv2dNative, FusedBatchNormV3',
    [node('c', 'DepthwiseConv2dNative', ['x', 'k'], window(1, 'VALID')),
      node('n', 'FusedBatchNormV3', ['c', 'scale', 'offset', 'mean', 'var'], { epsilon: attr.float(0.1), data_format: attr.text('NHWC'), is_training: attr.bool(false) }),
      node('t', 'Tanh', ['n'])],
    [floats('k', [3, 3, 4, 1]), floats('scale', [4], 2), floats('offset', [4]), floats('mean', [4]), { ...floats('var', [4]), values: [1, 2, 3, 4] }], { size: 64 }),
  row('Shape, StridedSlice, Pack, Conv2DBackpropInput',
    [...batchOf('x'), node('size', 'Pack', ['n', 'side', 'side', 'channels'], { N: attr.int(4), axis: attr.int(0) }), node('c', 'Conv2DBackpropInput', ['size', 'k', 'x'], window(2))],
    [...batchWeights, ints('side', [12], []), ints('channels', [3], []), floats('k', [3, 3, 3, 4])], { size: 432 }),
  row('SpaceToBatchND, Conv2D, BatchToSpaceND',
    [node('s', 'SpaceToBatchND', ['x', 'block', 'pads']), node('c', 'Conv2D', ['s', 'k'], window(1, 'VALID')), node('b', 'BatchToSpaceND', ['c', 'block', 'crops'])],
    [ints('block', [2, 2]), ints('pads', [2, 2, 2, 2], [2, 2]), ints('crops', [0, 0, 0, 0], [2, 2]), floats('k', [3, 3, 4, 3])], { size: 108 }),
  row('MaxPool, AvgPool, ConcatV2', [node('m', 'MaxPool', ['x'], pool), node('a', 'AvgPool', ['x'], pool), node('c', 'ConcatV2', ['m', 'a', 'axis'], { N: attr.int(2) })],
    [ints('axis', [3], [])], { size: 72 }),
  row('Pad, PadV2', [node('p', 'Pad', ['x', 'pads']), node('v', 'PadV2', ['p', 'pads', 'value']), node('t', 'Tanh', ['v'])],
    [ints('pads', [0, 0, 1, 0, 0, 2, 0, 0], [4, 2]), { ...floats('value', []), values: [0.25] }], { size: 8 * 10 * 4 }),
  row('MirrorPad', [node('m', 'MirrorPad', ['x', 'pads'], { mode: attr.text('REFLECT') })],
    [ints('pads', [0, 0, 1, 0, 0, 2, 0, 0], [4, 2])], { size: 7 * 8 * 4, linear: true }),
  row('DepthToSpace, ResizeBilinear',
    [node('d', 'DepthToSpace', ['x'], { block_size: attr.int(2), data_format: attr.text('NHWC') }),
      node('r', 'ResizeBilinear', ['d', 'size'], { align_corners: attr.bool(false), half_pixel_centers: attr.bool(true) })],
    [ints('size', [5, 7])], { size: 35, linear: true }),
  row('Shape, StridedSlice, Pack, Reshape, _FusedMatMul',
    [...batchOf('x'),
      node('to', 'Pack', ['n', 'all'], { N: attr.int(2), axis: attr.int(0) }),
      node('r', 'Reshape', ['x', 'to']),
      node('m', '_FusedMatMul', ['r', 'k', 'bias'], { ...both, ...fused('BiasAdd', 'Elu') })],
    [...batchWeights, ints('all', [144], []), floats('k', [144, 5]), floats('bias', [5])], { size: 5 }),
  row('Mean, Squeeze, MatMul, Softmax', [node('m', 'Mean', ['x', 'axes'], { keep_dims: attr.bool(true) }), node('s', 'Squeeze', ['m'], { squeeze_dims: attr.ints([1, 2]) }),
    node('y', 'MatMul', ['s', 'k'], both), node('p', 'Softmax', ['y']), node('t', 'Mul', ['p', 'p'])], [ints('axes', [1, 2]), floats('k', [4, 3])], { size: 3 }),
  row('SplitV, Mul, Transpose, Slice',
    [node('s', 'SplitV', ['x', 'sizes', 'axis'], { num_split: attr.int(2) }), node('m', 'Mul', ['s:0', 's:1']), node('t', 'Transpose', ['m', 'perm']), node('y', 'Slice', ['t', 'begin', 'size'])],
    [ints('sizes', [2, 2]), ints('axis', [3], []), ints('perm', [0, 3, 1, 2]), ints('begin', [0, 0, 1, 2]), ints('size', [-1, 2, 3, 4])], { size: 24 }),
  row('LeakyRelu, Rsqrt, SquaredDifference, Maximum over a table',
    [node('l', 'LeakyRelu', ['x'], { alpha: attr.float(0.2) }), node('d', 'SquaredDifference', ['l', 'k']), node('a', 'AddV2', ['d', 'one']), node('r', 'Rsqrt', ['a']), node('m', 'Maximum', ['r', 'x'])],
    [floats('k', [7]), { ...floats('one', []), values: [1] }], { shape: [7], size: 7 }),
];
