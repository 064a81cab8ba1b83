import type { Tensor } from '../../../src/graph/check.ts';
import { bool, int64, spread, wave } from '../../graph/support.ts';
import { float, type OnnxAttribute } from '../../support/onnxFile.ts';
import type { OpRow } from '../../support/onnxNode.ts';

const x23 = wave([2, 3]);
const x234 = wave([2, 3, 4]);
const picture = wave([1, 2, 3, 4]);
const scalar = (value: number): Tensor => ({ data: Float32Array.of(value), shape: [], dtype: 'float32' });
const floats = (values: readonly number[]): Tensor => ({ data: Float32Array.from(values), shape: [values.length], dtype: 'float32' });
const whole = (values: readonly number[], shape?: readonly number[]): Tensor => int64(values, shape);
const row = (inputs: OpRow['inputs'], attributes: Readonly<Record<string, OnnxAttribute>> = {}, more: Partial<OpRow> = {}): OpRow => ({
  inputs,
  attributes,
  ...more,
});
const [smallest, largest] = [-(2 ** 63), 2 ** 63];

/** Slice's ends as exporters write 'to the end': INT64_MAX, which a JavaScript number does not hold. */
const ends = (values: readonly number[]): Tensor => ({
  data: BigInt64Array.from(values, (value) => (value === largest ? 2n ** 63n - 1n : BigInt(value))),
  shape: [values.length],
  dtype: 'int64',
});

const resize = (mode: string, coordinate_transformation_mode: string, scales: readonly number[]): OpRow =>
  row([picture, undefined, floats([1, 1, ...scales])], { mode, coordinate_transformation_mode });
const kernels = ['nearest', 'linear', 'cubic'];
/** Places that are whole, and scales that leave a part of a cell over. */
const resizes = [
  ...['asymmetric', 'half_pixel', 'pytorch_half_pixel', 'align_corners'].flatMap((places) => kernels.map((mode) => resize(mode, places, [1.5, 2.3]))),
  ...kernels.map((mode) => resize(mode, 'half_pixel', [0.7, 0.6])),
  resize('nearest', 'asymmetric', [2, 3]),
  resize('linear', 'align_corners', [2, 3]),
];

/** Ops that move, copy or leave out values, in the ways that the ONNX project's tests of opset 17 lack. */
export const arrangeRows: Readonly<Record<string, readonly OpRow[]>> = {
  Reshape: [row([x234, whole([0, -1])]), row([x234, whole([4, 0, 2])], {}, { opset: 13 }), row([x234, whole([-1, 6])], { allowzero: 1 })],
  Flatten: [row([x234], { axis: -1 }), row([x234], { axis: 3 })],
  Squeeze: [row([wave([2, 1, 3, 1])], { axes: [-1] }, { opset: 11 }), row([wave([2, 1, 3, 1])]), row([wave([2, 1, 3, 1]), whole([1, -1])])],
  Unsqueeze: [row([x23], { axes: [1, -1] }, { opset: 11 }), row([x23, whole([-1, 0])])],
  Transpose: [row([x234]), row([x234], { perm: [0, 2, 1] })],
  Concat: [row([x23, wave([2, 1], 1), wave([2, 2], 2)], { axis: -1 })],
  Split: [
    row([wave([2, 6])], { axis: 1, split: [1, 2, 3] }, { opset: 11, outputs: 3 }),
    row([wave([2, 6])], { axis: -1 }, { opset: 13, outputs: 3 }),
    row([wave([2, 6]), whole([4, 2])], { axis: 1 }, { opset: 13, outputs: 2 }),
    row([wave([2, 7])], { axis: 1, num_outputs: 3 }, { opset: 18, outputs: 3 }),
  ],
  Slice: [
    row([wave([4, 5])], { starts: [1, -4], ends: [3, 1000], axes: [0, 1] }, { opset: 9 }),
    row([wave([4, 5]), whole([1]), ends([largest])]),
    row([wave([4, 5]), whole([-1]), ends([smallest]), whole([-1]), whole([-1])]),
    row([wave([4, 5]), whole([3, 0]), ends([-5, largest]), whole([0, 1]), whole([-2, 2])]),
    row([wave([4, 5]), whole([-100]), ends([3]), whole([1])]),
  ],
  Gather: [
    row([x234, whole([1], [])], { axis: 1 }),
    row([x234, whole([-3, -2])], { axis: 2 }),
    row([x234, whole([2, 0, 2, 1], [2, 2])], { axis: 1 }),
    row([whole([3, 1, 2]), whole([1, -1])], {}, { smooth: false }),
  ],
  GatherElements: [row([x23, whole([2, 0, -1, 1], [2, 2])], { axis: 1 })],
  GatherND: [
    row([x234, whole([1, 2, 0, -1], [2, 2])]),
    row([x234, whole([1, 2, 3, 0, 0, -4], [2, 3])]),
    row([x234, whole([2, -1], [2, 1])], { batch_dims: 1 }),
    row([x234, whole([2, 3, 0, 1, 0, 0, 1, -1], [2, 2, 2])], { batch_dims: 1 }),
  ],
  ScatterElements: [
    row([x23, whole([2, 0], [2, 1]), wave([2, 1], 1)], { axis: 1 }),
    row([x23, whole([1, 1, 0], [1, 3]), wave([1, 3], 1)], { axis: 0, reduction: 'add' }, { opset: 18 }),
    row([x23, whole([1, -1, 0], [1, 3]), wave([1, 3], 1)], { reduction: 'mul' }, { opset: 18, smooth: false }),
  ],
  Scatter: [row([x23, whole([2, 0], [2, 1]), wave([2, 1], 1)], { axis: 1 }, { opset: 9 })],
  ScatterND: [
    row([x234, whole([1], [1, 1]), wave([1, 3, 4], 1)]),
    row([x234, whole([1, 2, 0, -3], [2, 2]), wave([2, 4], 1)]),
    row([x234, whole([1, 2, 3, 1, 2, 3], [2, 3]), wave([2], 1)], { reduction: 'add' }, { opset: 18 }),
  ],
  Pad: [
    row([x23], { pads: [0, 1, 0, 2], value: float(0.5) }, { opset: 7 }),
    row([wave([2, 5])], { pads: [0, 2, 0, 3], mode: 'reflect' }, { opset: 10 }),
    row([x23, whole([0, 1, 0, 2]), scalar(0.5)]),
    row([wave([2, 5]), whole([0, -1, 0, 2])]),
    row([wave([2, 5]), whole([2, 1]), undefined, whole([-1])], { mode: 'edge' }, { opset: 18 }),
    row([wave([2, 5]), whole([0, 2, 0, 3])], { mode: 'wrap' }, { opset: 19 }),
  ],
  Expand: [row([wave([3, 1]), whole([2, 1, 4])]), row([x23, whole([1])])],
  Tile: [row([x23, whole([2, 3])]), row([x23, whole([1, 1])])],
  DepthToSpace: ['DCR', 'CRD'].map((mode) => row([wave([1, 8, 2, 3])], { blocksize: 2, mode }, { opset: 11 })),
  SpaceToDepth: [row([wave([1, 2, 4, 6])], { blocksize: 2 })],
  Trilu: [row([x234]), row([x234, whole([-1], [])], { upper: 0 }), row([whole([1, 2, 3, 4], [2, 2])], {}, { smooth: false })],
  ReverseSequence: [
    row([x234, whole([3, 1])], { time_axis: 1, batch_axis: 0 }),
    row([x234, whole([2, 1, 2])], { time_axis: 0, batch_axis: 1 }),
  ],
  CumSum: [row([x23, whole([-1], [])], { exclusive: 1, reverse: 1 })],
  TopK: [
    row([spread([2, 5])], { k: 2 }, { opset: 9, outputs: 2, elements: ['FLOAT', 'INT64'] }),
    row([spread([2, 5]), whole([3])], { axis: 1 }, { opset: 10, outputs: 2, elements: ['FLOAT', 'INT64'] }),
    row([spread([4, 2]), whole([2])], { axis: 0, largest: 0, sorted: 1 }, { outputs: 2, elements: ['FLOAT', 'INT64'] }),
  ],
  OneHot: [
    row([whole([1, -1, 7]), whole([3], []), floats([0.5, 2])], { axis: 0 }, { smooth: false, elements: ['FLOAT'] }),
    row([floats([1, 2]), whole([3], []), whole([0, 5])], {}, { smooth: false, elements: ['INT64'] }),
  ],
  Compress: [row([x234, bool([1, 0, 1])], { axis: 1 }), row([x23, bool([0, 1, 0, 0, 1])])],
  EyeLike: [row([x23], { k: 1 }, { smooth: false }), row([x23], { dtype: 7 }, { smooth: false, elements: ['INT64'] })],
  Shape: [row([x234], { start: 1, end: -1 }, { smooth: false, elements: ['INT64'] })],
  Size: [row([x234], {}, { smooth: false, elements: ['INT64'] })],
  Cast: [
    row([wave([2, 3])], { to: 7 }, { smooth: false, elements: ['INT64'] }),
    row([wave([2, 3])], { to: 11 }, { elements: ['DOUBLE'], smooth: false }),
    row([whole([0, 3, -1])], { to: 9 }, { smooth: false, elements: ['BOOL'] }),
  ],
  Resize: [
    ...resizes,
    row([picture, undefined, undefined, whole([1, 2, 7, 3])], { mode: 'nearest', nearest_mode: 'floor' }),
    row([picture, undefined, undefined, whole([1, 2, 5, 7])], { mode: 'linear', coordinate_transformation_mode: 'half_pixel_symmetric' }, { opset: 19 }),
    row([picture, undefined, floats([1, 1, 0.8, 0.7])], { mode: 'linear', coordinate_transformation_mode: 'half_pixel_symmetric' }, { opset: 19 }),
    row([picture, undefined, floats([1, 1, 0.7, 0.6])], { mode: 'cubic', exclude_outside: 1, cubic_coeff_a: -0.5 }),
    row([picture, undefined, floats([2, 1.5])], { mode: 'linear', axes: [2, -1] }, { opset: 18 }),
    row([picture, undefined, undefined, whole([6, 6])], { mode: 'linear', axes: [2, 3], keep_aspect_ratio_policy: 'not_larger' }, { opset: 18 }),
    row([picture, undefined, undefined, whole([6, 6])], { mode: 'nearest', axes: [2, 3], keep_aspect_ratio_policy: 'not_smaller' }, { opset: 18 }),
    row([picture, floats([1, 1, 2, 1.5])], { mode: 'nearest' }, { opset: 10 }),
    row([picture, floats([1, 1, 0.6, 0.6])], { mode: 'nearest' }, { opset: 10 }),
    row([picture, floats([1, 1, 0.6, 1.5])], { mode: 'linear' }, { opset: 10 }),
  ],
  Upsample: [
    row([picture], { scales: float([1, 1, 2, 3]) }, { opset: 7 }),
    row([picture, floats([1, 1, 2, 1.5])], { mode: 'linear' }, { opset: 9 }),
  ],
};
