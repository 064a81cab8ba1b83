import type { Attributes } from '../../src/graph/ir.ts';
import type { Case, Tensor } from '../../src/graph/check.ts';
import { between, bool, int64, spread, wave } from './support.ts';

type Row = Omit<Case, 'op'>;

const row = (inputs: readonly Tensor[], attributes: Attributes = {}, more: Partial<Case> = {}): Row => ({
  inputs,
  attributes,
  ...more,
});

/** Each input in turn. */
const each = (inputs: readonly Tensor[], attributes: Attributes = {}): Row[] =>
  inputs.map((_, wrt) => row(inputs, attributes, { wrt }));

/** One row per way in which two inputs can meet: same shape, a vector over rows, ones inside, a scalar. */
const broadcasting = (make: (shape: readonly number[], phase: number) => Tensor): Row[] =>
  [
    [
      [2, 3],
      [2, 3],
    ],
    [[2, 3], [3]],
    [
      [2, 1, 3],
      [4, 1],
    ],
    [[2, 3], []],
  ].flatMap(([a, b]) => each([make(a!, 0), make(b!, 1)]));

const smooth = [row([wave([2, 5])])];
const kinked = [row([spread([3, 4])])];
const positive = (shape: readonly number[], phase = 0): Tensor => between(0.5 + 0.1 * phase, 2, shape);
/** No two values of the two inputs closer than 0.05. */
const apart = (shape: readonly number[], phase: number): Tensor => spread(shape, phase * 0.05 + 0.02);
const reductions = (x: (shape: readonly number[]) => Tensor): Row[] => [
  row([x([2, 3, 4])], { axes: [1, 2], keepdims: 0 }),
  row([x([2, 3, 4])], { axes: [1], keepdims: 1 }),
  row([x([2, 3, 4])], { axes: [-1], keepdims: 0 }),
  row([x([2, 2, 3, 2])], { axes: [2, 3], keepdims: 1 }),
  row([x([2, 2, 3, 2])], { axes: [1, 3], keepdims: 0 }),
  row([x([2, 3])], { keepdims: 0 }),
];
const image = (h = 5, w = 6, c = 2): Tensor => wave([2, c, h, w]);
const pixels = (h = 5, w = 6): Tensor => spread([1, 2, h, w]);
const pool = (kernel_shape: number[], strides: number[], more: Attributes = {}): Attributes => ({
  kernel_shape,
  strides,
  ...more,
});

const weights = (inputs: readonly Tensor[], attributes: Attributes = {}): Row[] => each(inputs, attributes).slice(1);

/** What a filter and a bias get: of few channels or cells by the swapped convolution, of many cell by cell. */
const filters: readonly Row[] = [
  ...weights([image(), wave([3, 2, 3, 3], 1), wave([3])]),
  ...weights([image(), wave([3, 2, 3, 2], 1)], { pads: [1, 0, 1, 1], strides: [2, 1] }),
  ...weights([image(6, 7), wave([3, 2, 2, 2], 1)], { strides: [3, 3] }),
  ...weights([image(6, 6), wave([3, 2, 3, 3], 1)], { dilations: [2, 1], strides: [2, 2], pads: [1, 1, 2, 0] }),
  ...weights([image(5, 5, 2), wave([4, 1, 3, 3], 1)], { group: 2, strides: [2, 2], pads: [0, 0, 1, 1] }),
  ...weights([image(4, 4, 4), wave([6, 2, 3, 3], 1), wave([6])], { group: 2, pads: [1, 1, 1, 1] }),
  ...weights([wave([2, 3, 7]), wave([4, 3, 3], 1), wave([4])], { strides: [2], pads: [0, 1] }),
  ...weights([wave([1, 2, 3, 4, 3]), wave([2, 2, 2, 2, 2], 1)], { pads: [0, 1, 0, 1, 0, 0] }),
  ...weights([image(8, 8, 8), wave([2, 8, 1, 1], 1)]),
  ...weights([image(9, 8, 8), wave([2, 8, 3, 3], 1), wave([2])], { pads: [1, 1, 1, 1] }),
  ...weights([image(17, 17, 8), wave([2, 8, 3, 2], 1)], { strides: [2, 2], dilations: [1, 2], pads: [0, 1, 1, 1] }),
  ...weights([wave([1, 8, 66]), wave([2, 8, 3], 1)]),
];
const transposedFilters: readonly Row[] = [
  ...weights([image(3, 4), wave([2, 3, 3, 3], 1), wave([3])]),
  ...weights([image(3, 4), wave([2, 3, 3, 3], 1)], { strides: [2, 2], pads: [1, 1, 1, 1], output_padding: [1, 1] }),
  ...weights([image(3, 4), wave([2, 3, 3, 2], 1)], { strides: [2, 3], pads: [0, 1, 1, 0] }),
  ...weights([image(3, 4), wave([2, 3, 2, 2], 1)], { strides: [3, 3], output_padding: [1, 0] }),
  ...weights([image(3, 4), wave([2, 2, 3, 3], 1), wave([4])], { group: 2, pads: [1, 1, 1, 1] }),
  ...weights([image(8, 8), wave([2, 8, 2, 2], 1)], { dilations: [2, 2] }),
];

/** At least one row per rule, and per combination of attributes that changes what the rule does. */
export const cases: Readonly<Record<string, readonly Row[]>> = {
  Identity: smooth,
  Cast: [row([wave([2, 3])], { to: 'float32' })],
  Add: broadcasting(wave),
  Sub: broadcasting(wave),
  Mul: broadcasting(wave),
  Div: broadcasting(positive),
  Pow: [...broadcasting(positive), row([wave([2, 3]), { data: Float32Array.of(2), shape: [], dtype: 'float32' }])],
  Mod: [0, 1].flatMap((wrt) => [
    row([between(-3, -2.2, [2, 3]), between(0.85, 0.95, [3])], { fmod: 1 }, { wrt }),
    row([between(2.3, 2.6, [2, 3]), between(0.96, 1.04, [3])], { fmod: 1 }, { wrt }),
  ]),
  Max: broadcasting(apart),
  Min: broadcasting(apart),
  Where: [
    ...[1, 2].map((wrt) => row([bool([1, 0, 1]), wave([2, 3]), wave([2, 3], 1)], {}, { wrt })),
    ...[1, 2].map((wrt) => row([bool([1, 0], [2, 1]), wave([3]), wave([2, 1], 1)], {}, { wrt })),
  ],
  Neg: smooth,
  Abs: kinked,
  Exp: smooth,
  Log: [row([positive([2, 3])])],
  Sqrt: [row([positive([2, 3])])],
  Reciprocal: [row([positive([2, 3])])],
  Erf: smooth,
  Sin: smooth,
  Cos: smooth,
  Tan: [row([between(-1, 1, [2, 3])])],
  Asin: [row([between(-0.8, 0.8, [2, 3])])],
  Acos: [row([between(-0.8, 0.8, [2, 3])])],
  Atan: smooth,
  Sinh: smooth,
  Cosh: smooth,
  Asinh: smooth,
  Acosh: [row([between(1.5, 3, [2, 3])])],
  Atanh: [row([between(-0.8, 0.8, [2, 3])])],
  Sign: kinked,
  Floor: kinked,
  Ceil: kinked,
  Round: kinked,

  Relu: kinked,
  LeakyRelu: [row([spread([3, 4])], { alpha: 0.3 }), ...kinked],
  PRelu: each([spread([2, 3, 2]), wave([3, 1])]),
  Elu: [...kinked, row([spread([3, 4])], { alpha: 0.5 })],
  Selu: kinked,
  Sigmoid: smooth,
  HardSigmoid: [row([spread([8, 10])]), row([spread([3, 4])], { alpha: 0.5, beta: 0.4 })],
  Softplus: smooth,
  Softsign: kinked,
  Tanh: smooth,
  Clip: [
    row([spread([3, 4])], { min: 0, max: 0.4 }),
    row([spread([3, 4])], { min: 0, max: 0.4, rectifies: 1 }),
    row([spread([3, 4])], { min: -0.4, max: 0 }),
    row([spread([3, 4])], { min: -0.3, max: -0.1 }),
    row([spread([3, 4])], { min: 0.2 }),
    row([spread([3, 4])], { max: 0.2 }),
  ],
  Softmax: [row([wave([2, 5])]), row([wave([2, 3, 4])], { axis: 1 })],
  LogSoftmax: [row([wave([2, 5])]), row([wave([2, 3, 4])], { axis: 1 })],

  MatMul: [
    ...each([wave([3, 4]), wave([4, 2], 1)]),
    ...each([wave([2, 3, 4]), wave([4, 2], 1)]),
    ...each([wave([2, 3, 4]), wave([2, 4, 2], 1)]),
    ...each([wave([3, 4]), wave([2, 4, 2], 1)]),
    ...each([wave([2, 1, 2, 3]), wave([1, 3, 3, 2], 1)]),
  ],

  Conv: [
    row([image(), wave([3, 2, 3, 3], 1), wave([3])]),
    row([image(), wave([3, 2, 3, 2], 1)], { pads: [1, 0, 1, 1] }),
    row([image(), wave([3, 2, 1, 1], 1)]),
    row([image(), wave([3, 2, 3, 3], 1)], { strides: [2, 2], pads: [0, 0, 1, 1] }),
    row([image(), wave([3, 2, 3, 3], 1)], { strides: [2, 1], pads: [1, 1, 1, 1] }),
    row([image(5, 6, 3), wave([2, 3, 3, 3], 1)], { strides: [2, 2], pads: [1, 1, 1, 1] }),
    row([image(6, 6, 1), wave([2, 1, 4, 4], 1)], { strides: [2, 2] }),
    row([image(7, 5, 1), wave([2, 1, 3, 2], 1)], { strides: [3, 3], pads: [0, 1, 1, 0] }),
    row([image(6, 6, 1), wave([2, 1, 1, 1], 1)], { strides: [2, 2] }),
    row([image(6, 6, 1), wave([2, 1, 2, 2], 1)], { strides: [2, 2], pads: [2, 2, 2, 2] }),
    row([image(6, 6, 5), wave([2, 5, 3, 3], 1)], { strides: [2, 2], pads: [0, 0, 1, 1] }),
    row([image(6, 7), wave([3, 2, 2, 2], 1)], { strides: [3, 3] }),
    row([image(), wave([3, 2, 3, 3], 1)], { dilations: [2, 2], pads: [2, 2, 2, 2] }),
    row([image(6, 6), wave([3, 2, 3, 3], 1)], { dilations: [2, 1], strides: [2, 2], pads: [1, 1, 2, 0] }),
    row([image(), wave([2, 1, 3, 3], 1)], { group: 2, pads: [1, 1, 1, 1] }),
    row([image(), wave([4, 1, 3, 3], 1)], { group: 2, pads: [1, 1, 1, 1] }),
    row([image(), wave([4, 1, 3, 3], 1)], { group: 2, strides: [2, 2], pads: [0, 0, 1, 1] }),
    row([image(4, 4, 4), wave([6, 2, 3, 3], 1)], { group: 2, pads: [1, 1, 1, 1] }),
    row([image(3, 3), wave([3, 2, 1, 1], 1)], { pads: [1, 1, 1, 1] }),
    row([wave([2, 3, 7]), wave([4, 3, 3], 1)], { pads: [1, 1] }),
    row([wave([2, 3, 7]), wave([4, 3, 3], 1)], { strides: [2], pads: [0, 1] }),
    row([wave([2, 3, 7]), wave([4, 3, 2], 1)], { dilations: [3] }),
    ...filters,
  ],
  ConvTranspose: [
    row([image(3, 4), wave([2, 3, 3, 3], 1), wave([3])]),
    row([image(3, 4), wave([2, 3, 3, 3], 1)], { strides: [2, 2], pads: [1, 1, 1, 1], output_padding: [1, 1] }),
    row([image(3, 4), wave([2, 3, 3, 2], 1)], { strides: [2, 3], pads: [0, 1, 1, 0] }),
    row([image(3, 4), wave([2, 3, 2, 2], 1)], { strides: [3, 3], output_padding: [1, 0] }),
    row([image(3, 4), wave([2, 2, 3, 3], 1)], { group: 2, pads: [1, 1, 1, 1] }),
    row([image(3, 4), wave([2, 3, 2, 2], 1)], { dilations: [2, 2], strides: [1, 1] }),
    row([wave([2, 2, 4]), wave([2, 3, 3], 1)], { strides: [2], pads: [1, 1], output_padding: [1] }),
    ...transposedFilters,
  ],

  MaxPool: [
    row([pixels(4, 6)], pool([2, 2], [2, 2])),
    row([pixels(5, 7)], pool([2, 3], [2, 3])),
    row([pixels(5, 5)], pool([2, 2], [3, 3])),
    row([pixels()], pool([3, 3], [2, 2])),
    row([pixels()], pool([3, 3], [1, 1], { pads: [1, 1, 1, 1] })),
    row([pixels()], pool([3, 3], [2, 2], { pads: [0, 0, 1, 1] })),
    row([pixels()], pool([2, 2], [1, 1], { dilations: [2, 2] })),
    row([spread([1, 2, 8])], pool([2], [2])),
    row([spread([1, 2, 7])], pool([3], [2], { pads: [0, 1] })),
  ],
  AveragePool: [
    row([image(4, 6)], pool([2, 2], [2, 2])),
    row([image(5, 7)], pool([2, 2], [2, 2])),
    row([image()], pool([3, 3], [1, 1])),
    row([image()], pool([3, 3], [2, 2])),
    row([image()], pool([3, 3], [1, 1], { pads: [1, 1, 1, 1] })),
    row([image()], pool([3, 3], [2, 2], { pads: [0, 0, 1, 1] })),
    row([image()], pool([3, 3], [2, 2], { pads: [0, 0, 1, 1], count_include_pad: 1 })),
    row([image()], pool([3, 2], [1, 2], { pads: [1, 0, 1, 1], count_include_pad: 1 })),
    row([wave([2, 2, 7])], pool([3], [2], { pads: [1, 1] })),
  ],
  GlobalAveragePool: [row([image()]), row([wave([2, 3, 5])])],
  GlobalMaxPool: [row([pixels()])],

  ReduceSum: reductions(wave),
  ReduceMean: reductions(wave),
  ReduceMax: reductions(spread),
  ReduceMin: reductions(spread),
  ReduceProd: [...reductions(wave), row([{ ...wave([2, 3]), data: Float32Array.of(0, 2, 3, 0, 0, 1) }], { axes: [1] })],
  CumSum: [row([wave([2, 4])], { axis: 1 }), row([wave([2, 4])], { axis: 1, reverse: 1, exclusive: 1 })],
  TopK: [
    row([spread([2, 5])], { k: 2 }),
    row([spread([2, 5])], { k: 3, axis: 1, largest: 0 }),
    row([spread([4, 2])], { k: 2, axis: 0 }),
  ],

  LayerNormalization: [
    ...each([wave([2, 3, 4]), wave([4], 1), wave([4], 2)], { epsilon: 0.01 }),
    ...each([wave([2, 3, 4]), wave([3, 4], 1)], { axis: 1, epsilon: 1e-5 }),
  ],
  BatchNormalization: [
    ...each([wave([3, 2, 2, 2]), wave([2], 1), wave([2], 2)], { epsilon: 0.01 }),
    ...each([wave([5, 3]), wave([3], 1), wave([3], 2)], { axis: -1, epsilon: 1e-3 }),
    row([wave([2, 3, 2]), wave([3], 1), wave([3], 2)], { axis: 1 }),
  ],

  Reshape: [row([wave([2, 6])], { shape: [2, 3, 2] }), row([wave([2, 3, 2])], { shape: [0, -1] })],
  Transpose: [row([wave([2, 3, 4])], { perm: [1, 2, 0] })],
  Concat: [
    ...each([wave([2, 1, 3]), wave([2, 2, 3], 1), wave([2, 3, 3], 2)], { axis: 1 }),
    ...each([wave([2, 3]), wave([2, 1])], { axis: -1 }),
  ],
  Split: [0, 1, 2].map((output) => row([wave([2, 6])], { axis: -1, split: [1, 2, 3] }, { output })),
  Slice: [
    row([wave([4, 5])], { starts: [1, 0], ends: [3, -1] }),
    row([wave([2, 7])], { starts: [1], ends: [7], axes: [-1], steps: [2] }),
    row([wave([2, 7])], { starts: [1], ends: [6], axes: [1], steps: [3] }),
    row([wave([2, 4])], { starts: [-1], ends: [-(2 ** 31)], axes: [1], steps: [-1] }),
    row([wave([2, 7])], { starts: [5], ends: [0], axes: [1], steps: [-2] }),
  ],
  Pad: [
    row([wave([2, 3])], { pads: [0, 1, 0, 2], mode: 'constant', value: 0.5 }),
    row([wave([2, 5])], { pads: [0, -1, 0, 2], mode: 'constant' }),
    row([wave([2, 4])], { pads: [0, 2, 0, 3], mode: 'reflect' }),
    row([wave([1, 2, 3, 3])], { pads: [0, 0, 1, 2, 0, 0, 2, 1], mode: 'reflect' }),
    row([wave([1, 2, 3, 3])], { pads: [0, 0, 1, 2, 0, 0, 2, 1], mode: 'edge' }),
  ],
  Expand: [row([wave([3, 1])], { shape: [2, 3, 4] }), row([wave([2, 3])], { shape: [2, 3] })],
  Tile: [row([wave([2, 3])], { repeats: [1, 2] }), row([wave([2, 3])], { repeats: [3, 2] })],
  Gather: [
    row([wave([2, 4]), int64([3, 0, 0, -1])], { axis: 1 }),
    row([wave([2, 4, 3]), int64([1, 1, 2, 0], [2, 2])], { axis: 1 }),
    row([wave([2, 4]), int64([1], [])], { axis: 1 }),
    // A matrix that selects them would be too large.
    row([wave([1, 9, 1]), int64(Array.from({ length: 30_000 }, (_, i) => ((i * 7) % 18) - 9))], { axis: 1 }),
  ],
  GatherElements: [row([wave([2, 4]), int64([3, 0, 0, 1, 2, 1], [2, 3])], { axis: 1 })],
  ScatterElements: [
    ...[0, 2].map((wrt) =>
      row([wave([2, 4]), int64([3, 0, 0, 1], [2, 2]), wave([2, 2], 1)], { axis: 1, reduction: 'add' }, { wrt }),
    ),
    ...[0, 2].map((wrt) => row([wave([2, 4]), int64([3, 0, -4, 1], [2, 2]), wave([2, 2], 1)], { axis: 1 }, { wrt })),
  ],
  Resize: [
    ...['asymmetric', 'half_pixel', 'align_corners'].flatMap((coordinate_transformation_mode) => [
      row([wave([1, 2, 3, 4])], { mode: 'linear', coordinate_transformation_mode, sizes: [1, 2, 5, 7] }),
      row([wave([1, 2, 5, 6])], { mode: 'linear', coordinate_transformation_mode, sizes: [1, 2, 3, 4] }),
    ]),
    row([wave([1, 2, 3, 4])], {
      mode: 'nearest',
      coordinate_transformation_mode: 'asymmetric',
      nearest_mode: 'floor',
      sizes: [1, 2, 6, 12],
    }),
    row([wave([1, 2, 3, 4])], {
      mode: 'nearest',
      coordinate_transformation_mode: 'asymmetric',
      nearest_mode: 'floor',
      sizes: [1, 2, 7, 3],
    }),
    row([wave([1, 2, 3, 4])], {
      mode: 'nearest',
      coordinate_transformation_mode: 'half_pixel',
      nearest_mode: 'round_prefer_ceil',
      sizes: [1, 2, 7, 3],
    }),
    row([wave([1, 2, 3, 4])], {
      mode: 'nearest',
      coordinate_transformation_mode: 'align_corners',
      nearest_mode: 'round_prefer_ceil',
      sizes: [1, 2, 7, 8],
    }),
  ],
  DepthToSpace: [
    row([wave([1, 8, 2, 3])], { blocksize: 2, mode: 'DCR' }),
    row([wave([1, 8, 2, 3])], { blocksize: 2, mode: 'CRD' }),
  ],
  SpaceToDepth: [row([wave([1, 2, 4, 6])], { blocksize: 2 })],
};
