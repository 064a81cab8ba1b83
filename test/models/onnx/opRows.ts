import type { Tensor } from '../../../src/graph/check.ts';
import { between, bool, int64, spread, wave } from '../../graph/support.ts';
import { float } from '../../support/onnxFile.ts';
import type { OpRow } from '../../support/onnxNode.ts';
import { arrangeRows } from './arrangeRows.ts';

const image = (channels = 4, h = 2, w = 3): Tensor => wave([2, channels, h, w]);
/** Large enough for windows that reach over its edges. */
const picture = wave([1, 2, 7, 8]);
const pixels = spread([1, 2, 7, 8]);
const activation = (attributes: OpRow['attributes'] = {}, opset = 17): OpRow => ({ inputs: [spread([3, 8])], attributes, opset });
const perChannel = (n: number): Tensor[] => [wave([n], 1), wave([n], 2)];
type Attributes = NonNullable<OpRow['attributes']>;
const placed: readonly Attributes[] = [
  {},
  { pads: [1, 0, 1, 1] },
  { strides: [2, 3] },
  { strides: [2, 2], pads: [1, 1, 0, 0] },
  { auto_pad: 'VALID', strides: [2, 2] },
];
const samePadded: readonly Attributes[] = [
  { auto_pad: 'SAME_UPPER', strides: [2, 3] },
  { auto_pad: 'SAME_LOWER', strides: [2, 2] },
];
/** A window wherever it can lie. */
const windows = (more: Attributes = {}, x = picture, places: readonly Attributes[] = [...placed, ...samePadded]): OpRow[] =>
  places.map((place) => ({ inputs: [x], attributes: { ...place, ...more }, opset: 22 }));

const ceiled = [
  { strides: [2, 2], ceil_mode: 1 },
  { strides: [3, 2], ceil_mode: 1, pads: [1, 1, 1, 1] },
  { strides: [2, 3], ceil_mode: 1, pads: [0, 1, 1, 0] },
  { strides: [2, 2], ceil_mode: 1, dilations: [2, 2] },
];

/** Ops that the ONNX project's tests of opset 17 have not, or not with these attributes. */
export const opRows: Readonly<Record<string, readonly OpRow[]>> = {
  ...arrangeRows,
  Conv: [
    ...windows().map((row) => ({ ...row, inputs: [...row.inputs, wave([3, 2, 3, 2], 1), wave([3], 2)] })),
    { inputs: [wave([1, 4, 4, 5]), wave([6, 2, 3, 3], 1)], attributes: { group: 2, dilations: [2, 1], pads: [2, 1, 2, 1] } },
    { inputs: [wave([2, 2, 7]), wave([3, 2, 3], 1)], attributes: { strides: [2], auto_pad: 'SAME_UPPER' } },
    { inputs: [wave([1, 2, 3, 4, 5]), wave([2, 2, 2, 3, 2], 1)], attributes: { pads: [0, 1, 0, 1, 0, 1] } },
  ],
  ConvTranspose: [
    { inputs: [image(2, 3, 4), wave([2, 3, 3, 3], 1), wave([3], 2)], attributes: { strides: [2, 2], auto_pad: 'SAME_UPPER' } },
    { inputs: [image(2, 3, 4), wave([2, 3, 3, 3], 1)], attributes: { strides: [2, 3], auto_pad: 'SAME_LOWER' } },
    { inputs: [image(2, 3, 4), wave([2, 3, 3, 3], 1)], attributes: { strides: [2, 2], output_shape: [6, 8] } },
    { inputs: [image(2, 3, 4), wave([2, 3, 3, 3], 1)], attributes: { strides: [2, 2], pads: [1, 0, 0, 1], output_padding: [1, 0] } },
    { inputs: [image(4, 3, 4), wave([4, 3, 2, 2], 1)], attributes: { group: 2, dilations: [2, 2] } },
    { inputs: [wave([2, 2, 4]), wave([2, 3, 3], 1)], attributes: { strides: [2], output_padding: [1] } },
  ],
  MaxPool: [
    ...windows({ kernel_shape: [3, 3] }, pixels),
    ...ceiled.map((attributes) => ({ inputs: [pixels], attributes: { kernel_shape: [3, 3], ...attributes } })),
    { inputs: [pixels], attributes: { kernel_shape: [2, 2], dilations: [3, 2], pads: [1, 1, 1, 1] } },
    { inputs: [spread([1, 2, 9])], attributes: { kernel_shape: [3], strides: [2], ceil_mode: 1 } },
    { inputs: [spread([1, 1, 3, 4, 5])], attributes: { kernel_shape: [2, 2, 2], strides: [1, 2, 2], pads: [0, 0, 1, 1, 0, 0] } },
    { inputs: [pixels], attributes: { kernel_shape: [2, 2], pads: [1, 1, 0, 0] }, outputs: 2 },
    { inputs: [pixels], attributes: { kernel_shape: [2, 2], storage_order: 1 }, outputs: 2 },
  ],
  AveragePool: [
    ...windows({ kernel_shape: [3, 3] }),
    ...windows({ kernel_shape: [3, 3], count_include_pad: 1 }),
    ...windows({ kernel_shape: [2, 3], dilations: [2, 2] }, picture, placed),
    ...ceiled.flatMap((attributes) =>
      [0, 1].map((count_include_pad) => ({ inputs: [picture], attributes: { kernel_shape: [3, 3], count_include_pad, ...attributes }, opset: 22 })),
    ),
  ],
  LpPool: [
    ...windows({ kernel_shape: [3, 2], p: 3 }),
    ...windows({ kernel_shape: [3, 2], p: 1 }, pixels),
    ...ceiled.map((attributes) => ({ inputs: [picture], attributes: { kernel_shape: [3, 3], ...attributes }, opset: 22 })),
  ],
  GlobalLpPool: [{ inputs: [image()] }, { inputs: [image()], attributes: { p: 3 } }],
  Celu: [activation(), activation({ alpha: float(2) })],
  Elu: [activation({ alpha: float(0.5) }, 22)],
  Gelu: [activation({}, 20), activation({ approximate: 'tanh' }, 20)],
  Mish: [activation({}, 18)],
  HardSwish: [activation()],
  Swish: [activation({}, 24), activation({ alpha: float(1.5) }, 24)],
  ThresholdedRelu: [activation({ alpha: float(0.4) })],
  Shrink: [activation({ lambd: float(0.4), bias: float(0.3) })],
  PRelu: [{ inputs: [spread([2, 3, 4]), wave([3, 1])] }],
  Clip: [
    activation({ min: float(-0.4), max: float(0.4) }, 7),
    activation({ max: float(0.4) }, 10),
    activation({ min: float(0), max: float(3.4028234663852886e38) }, 7),
    { inputs: [spread([3, 8]), ...[0, Infinity].map((end) => ({ data: Float32Array.of(end), shape: [], dtype: 'float32' as const }))] },
    { inputs: [spread([3, 8]), undefined, { data: Float32Array.of(0.4), shape: [], dtype: 'float32' }] },
  ],
  Softmax: [
    { inputs: [wave([2, 3, 4])], opset: 11 },
    { inputs: [wave([2, 3, 4])], attributes: { axis: 2 }, opset: 11 },
    { inputs: [wave([2, 3, 4])], attributes: { axis: 0 }, opset: 7 },
    { inputs: [wave([2, 3, 4])], opset: 13 },
  ],
  LogSoftmax: [{ inputs: [wave([2, 3, 4])], opset: 11 }, { inputs: [wave([2, 3, 4])], attributes: { axis: 1 } }],
  Hardmax: [{ inputs: [spread([5])], smooth: false }, { inputs: [spread([2, 3, 4])], opset: 11, smooth: false }, { inputs: [spread([2, 3, 4])], attributes: { axis: 1 }, smooth: false }],
  BatchNormalization: [
    ...[7, 9, 14, 15].map((opset) => ({
      inputs: [image(), ...perChannel(4), wave([4], 3), between(0.5, 2, [4])],
      attributes: { epsilon: float(1e-3) },
      opset,
    })),
    { inputs: [wave([3, 4]), ...perChannel(4), wave([4], 3), between(0.5, 2, [4])] },
    ...[0, 1].map((spatial): OpRow => {
      const shape = spatial ? [4] : [4, 2, 3];
      return { inputs: [image(), ...[1, 2, 3].map((phase) => wave(shape, phase)), between(0.5, 2, shape)], attributes: { spatial }, opset: 7 };
    }),
  ],
  RMSNormalization: [
    { inputs: [image(2), wave([3], 1)], attributes: { epsilon: float(0.01) }, opset: 23 },
    { inputs: [image(2), wave([2, 3], 1)], attributes: { axis: -2 }, opset: 23 },
  ],
  InstanceNormalization: [{ inputs: [image(), ...perChannel(4)] }, { inputs: [wave([2, 3, 7]), ...perChannel(3)] }],
  GroupNormalization: [
    { inputs: [image(), ...perChannel(2)], attributes: { num_groups: 2 }, opset: 18 },
    { inputs: [image(), ...perChannel(4)], attributes: { num_groups: 2 }, opset: 21 },
    { inputs: [wave([2, 6]), ...perChannel(6)], attributes: { num_groups: 3, epsilon: float(0.1) }, opset: 21 },
  ],
  LayerNormalization: [
    { inputs: [image(2), ...perChannel(3)] },
    { inputs: [image(2), wave([2, 3], 1)], attributes: { axis: 2, epsilon: float(1e-3) } },
    { inputs: [wave([2, 3, 4]), ...perChannel(4)], outputs: 3 },
  ],
  MeanVarianceNormalization: [{ inputs: [image()] }, { inputs: [image()], attributes: { axes: [2, 3] } }],
  LRN: [3, 5].map((size) => ({
    inputs: [image(6)],
    attributes: { size, alpha: float(0.3), beta: float(0.6), bias: float(1.5) },
  })),
  LpNormalization: [{ inputs: [image()] }, { inputs: [spread([3, 8])], attributes: { p: 1, axis: 0 } }],
  Attention: [
    { inputs: [wave([1, 3, 8]), wave([1, 5, 8], 1), wave([1, 5, 8], 2)], attributes: { q_num_heads: 2, kv_num_heads: 2 }, opset: 23 },
    { inputs: [wave([1, 4, 3, 2]), wave([1, 2, 3, 2], 1), wave([1, 2, 3, 4], 2)], attributes: { is_causal: 1, scale: float(0.8) }, opset: 23 },
    { inputs: [wave([1, 2, 3, 2]), wave([1, 2, 4, 2], 1), wave([1, 2, 4, 2], 2), wave([3, 4], 3)], opset: 23 },
    { inputs: [wave([1, 2, 2, 2]), wave([1, 2, 3, 2], 1), wave([1, 2, 3, 2], 2), bool([1, 0, 1, 0, 1, 1], [2, 3])], opset: 23 },
  ],
  Gemm: [
    { inputs: [wave([4, 3]), wave([5, 4], 1), wave([5], 2)], attributes: { transA: 1, transB: 1, alpha: float(0.5), beta: float(0.25) } },
    { inputs: [wave([3, 4]), wave([4, 5], 1)], opset: 11 },
  ],
  MatMul: [
    { inputs: [wave([4]), wave([4, 3], 1)] },
    { inputs: [wave([2, 3, 4]), wave([4], 1)] },
    { inputs: [wave([4]), wave([4], 1)] },
    { inputs: [wave([4]), wave([2, 4, 3], 1)] },
  ],
  Einsum: [
    { inputs: [wave([2, 3, 4]), wave([2, 5, 4], 1)], attributes: { equation: 'bid, bjd -> bij' } },
    { inputs: [wave([2, 3, 4, 5]), wave([2, 6, 4, 5], 1)], attributes: { equation: 'bihd,bjhd->bhij' } },
    { inputs: [wave([2, 3, 4]), wave([4, 5, 6], 1)], attributes: { equation: '...d,dhk->...hk' } },
    { inputs: [wave([2, 3, 4]), wave([1, 4, 5], 1)], attributes: { equation: '...ij,...jk' } },
    { inputs: [wave([3, 4]), wave([3, 4], 1)], attributes: { equation: 'ij,ij->ij' } },
    { inputs: [wave([3]), wave([4], 1)], attributes: { equation: 'i,j' } },
    { inputs: [wave([2, 3, 3])], attributes: { equation: 'bii->b' } },
    { inputs: [wave([2, 3, 3])], attributes: { equation: 'bii->bi' } },
    { inputs: [wave([3, 3]), wave([3], 1)], attributes: { equation: 'ii,i->i' } },
    { inputs: [wave([2, 3]), wave([3, 4], 1), wave([4, 5], 2)], attributes: { equation: 'ij,jk,kl->li' } },
    { inputs: [wave([2, 3, 4]), wave([3, 5], 1)], attributes: { equation: 'ijk,jl->il' } },
    { inputs: [wave([2, 3])], attributes: { equation: 'ba' } },
  ],
  Pow: [2, 0.5, 3, -1].map((power) => ({ inputs: [between(0.5, 2, [2, 3]), { data: Float32Array.of(power), shape: [], dtype: 'float32' }] })),
  Sum: [{ inputs: [wave([2, 3]), wave([3], 1), wave([2, 1], 2)] }],
  Mean: [{ inputs: [wave([2, 3]), wave([3], 1), wave([2, 1], 2)] }],
  Max: [{ inputs: [spread([2, 3]), spread([3], 0.02)] }],
  Mod: [{ inputs: [between(2.3, 2.6, [2, 3]), between(0.96, 1.04, [3])], attributes: { fmod: 1 } }],
  IsInf: [{ inputs: [{ data: Float32Array.of(1, Infinity, -Infinity, NaN), shape: [4], dtype: 'float32' }], smooth: false }],
  Xor: [{ inputs: [bool([0, 1, 0, 1]), bool([0, 0, 1, 1])], smooth: false }],
  ...Object.fromEntries(
    ['ReduceSum', 'ReduceMean', 'ReduceMax', 'ReduceMin', 'ReduceProd', 'ReduceL1', 'ReduceL2', 'ReduceSumSquare', 'ReduceLogSum', 'ReduceLogSumExp'].map(
      (op): [string, OpRow[]] => {
        const x = op === 'ReduceLogSum' ? between(0.5, 2, [2, 3, 4]) : spread([2, 3, 4], 0.5);
        return [
          op,
          [
            ...(op === 'ReduceSum' ? [] : [{ inputs: [x], attributes: { axes: [-1], keepdims: 0 }, opset: 13 }]),
            { inputs: [x, int64([1, 2])], opset: 18 },
            { inputs: [x, int64([1])], attributes: { keepdims: 0 }, opset: 18 },
            { inputs: [x], attributes: { keepdims: 0 }, opset: 18 },
            { inputs: [x], attributes: { noop_with_empty_axes: 1 }, opset: 18 },
          ],
        ];
      },
    ),
  ),
};
