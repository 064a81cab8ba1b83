import type { Tensor, Tensor4D } from '@tensorflow/tfjs';
import type { Tf } from '../../models/tfjs/tf.ts';

/** A function of an image [2, 6, 6, 4] in [−1, 1] that runs the kernel. */
type F = (tf: Tf, x: Tensor4D) => Tensor;

export interface KernelRow {
  readonly kernel: string;
  readonly f: F;
  /** What the gradient is held against: TF.js, the function itself where it is linear, or nothing where there is none. */
  readonly gradient: 'eager' | 'linear' | 'none';
}

const size = [2, 6, 6, 4] as const;
/** Into [0.1, 1], where logarithms, roots and powers are defined. */
const positive: F = (tf, x) => tf.add(tf.mul(x, 0.45), 0.55);
const half = (tf: Tf): Tensor => tf.fill([...size], 0.5);
/** Known while tracing, different everywhere. */
const ramp = (tf: Tf): Tensor => tf.reshape(tf.linspace(-1, 1, 288), [...size]);
const asFloat = (tf: Tf, x: Tensor): Tensor => tf.cast(x, 'float32');
const positiveTensor = (tf: Tf, x: Tensor4D): Tensor => positive(tf, x);

const differentiable: Record<string, F> = {
  Abs: (tf, x) => tf.abs(x),
  Acos: (tf, x) => tf.acos(tf.mul(x, 0.9)),
  Add: (tf, x) => tf.add(x, ramp(tf)),
  AddN: (tf, x) => tf.addN([x, ramp(tf), tf.sin(x)]),
  Asin: (tf, x) => tf.asin(tf.mul(x, 0.9)),
  Atan: (tf, x) => tf.atan(x),
  AvgPool: (tf, x) => tf.avgPool(x, 2, 2, 'valid'),
  BatchToSpaceND: (tf, x) => {
    const phases = tf.spaceToBatchND(tf.tanh(x), [2, 3], [[0, 2], [1, 2]]);
    return tf.mul(tf.batchToSpaceND(phases, [2, 3], [[1, 0], [0, 1]]), tf.reshape(tf.linspace(-1, 1, 448), [2, 7, 8, 4]));
  },
  BatchMatMul: (tf, x) => tf.matMul(x, tf.sin(x), false, true),
  Cast: (tf, x) => tf.mul(x, asFloat(tf, tf.less(ramp(tf), 0))),
  ClipByValue: (tf, x) => tf.clipByValue(x, -0.5, 0.25),
  Concat: (tf, x) => tf.concat([x, tf.mul(x, x), ramp(tf)], 3),
  Conv2D: (tf, x) => tf.conv2d(x, tf.reshape(tf.linspace(-1, 1, 72), [3, 3, 4, 2]), 2, 1),
  Conv2DBackpropInput: (tf, x) => tf.conv2dTranspose(x, tf.reshape(tf.linspace(-1, 1, 72), [3, 3, 2, 4]), [2, 12, 12, 2], 2, 'same'),
  Cos: (tf, x) => tf.cos(x),
  Cosh: (tf, x) => tf.cosh(x),
  DepthwiseConv2dNative: (tf, x) => tf.depthwiseConv2d(x, tf.reshape(tf.linspace(-1, 1, 72), [3, 3, 4, 2]), 1, 'same'),
  Elu: (tf, x) => tf.elu(x),
  Erf: (tf, x) => tf.erf(x),
  Exp: (tf, x) => tf.exp(x),
  ExpandDims: (tf, x) => tf.mul(tf.expandDims(tf.slice(x, 0, 1), -1), [2, 3]),
  Expm1: (tf, x) => tf.expm1(x),
  FusedBatchNorm: (tf, x) => tf.batchNorm(x, [0.1, 0.2, 0.3, 0.4], [1, 2, 3, 4], [1, 0, 1, 0], [1, 2, 1, 2], 0.1),
  FusedConv2D: (tf, x) =>
    tf.fused.conv2d({ x, filter: tf.reshape(tf.linspace(-1, 1, 72), [3, 3, 4, 2]), strides: 1, pad: 'same', bias: tf.tensor1d([0.5, -0.5]), activation: 'sigmoid' }),
  FusedDepthwiseConv2D: (tf, x) =>
    tf.fused.depthwiseConv2d({ x, filter: tf.reshape(tf.linspace(-1, 1, 36), [3, 3, 4, 1]), strides: 1, pad: 'valid', activation: 'relu6' }),
  GatherV2: (tf, x) => tf.gather(x, [3, 0, 0], 2),
  Identity: (tf, x) => tf.clone(x),
  LeakyRelu: (tf, x) => tf.leakyRelu(x, 0.1),
  Log: (tf, x) => tf.log(positiveTensor(tf, x)),
  Log1p: (tf, x) => tf.log1p(positiveTensor(tf, x)),
  Max: (tf, x) => tf.max(x, [1, 3]),
  MaxPool: (tf, x) => tf.maxPool(x, 3, 2, 'same'),
  Maximum: (tf, x) => tf.maximum(x, ramp(tf)),
  Mean: (tf, x) => tf.mean(x, [0, 2], true),
  Min: (tf, x) => tf.min(x, -1, true),
  Minimum: (tf, x) => tf.minimum(x, ramp(tf)),
  Multiply: (tf, x) => tf.mul(x, ramp(tf)),
  Neg: (tf, x) => tf.neg(x),
  OnesLike: (tf, x) => tf.mul(x, tf.onesLike(x)),
  Pack: (tf, x) => tf.stack([x, tf.square(x)], 2),
  PadV2: (tf, x) => tf.pad(x, [[0, 0], [1, 2], [0, 1], [3, 0]], 0.5),
  Pow: (tf, x) => tf.pow(positiveTensor(tf, x), 2.5),
  Prelu: (tf, x) => tf.prelu(x, tf.tensor4d([0.1, 0.2, 0.3, 0.4], [1, 1, 1, 4])),
  Prod: (tf, x) => tf.prod(positiveTensor(tf, x), 2),
  RealDiv: (tf, x) => tf.div(x, tf.add(ramp(tf), 2)),
  Reciprocal: (tf, x) => tf.reciprocal(positiveTensor(tf, x)),
  Relu: (tf, x) => tf.relu(x),
  Relu6: (tf, x) => tf.relu6(tf.mul(x, 8)),
  Reshape: (tf, x) => tf.mul(tf.reshape(x, [4, -1]), [[1], [2], [3], [4]]),
  Reverse: (tf, x) => tf.mul(tf.reverse(x, [1, -1]), ramp(tf)),
  Rsqrt: (tf, x) => tf.rsqrt(positiveTensor(tf, x)),
  Select: (tf, x) => tf.where(tf.less(ramp(tf), 0.2), x, tf.square(x)),
  Selu: (tf, x) => tf.selu(x),
  Sigmoid: (tf, x) => tf.sigmoid(x),
  Sin: (tf, x) => tf.sin(x),
  Sinh: (tf, x) => tf.sinh(x),
  Slice: (tf, x) => tf.slice(x, [0, 1, 2, 0], [-1, 3, -1, 2]),
  Softmax: (tf, x) => tf.softmax(x),
  Softplus: (tf, x) => tf.softplus(x),
  SpaceToBatchND: (tf, x) => tf.mul(tf.spaceToBatchND(x, [2, 2], [[0, 2], [1, 1]]), tf.reshape(tf.linspace(-1, 1, 512), [8, 4, 4, 4])),
  SplitV: (tf, x) => tf.mul(...(tf.split(x as Tensor, 2, 1) as [Tensor, Tensor])),
  Sqrt: (tf, x) => tf.sqrt(positiveTensor(tf, x)),
  Square: (tf, x) => tf.square(x),
  SquaredDifference: (tf, x) => tf.squaredDifference(x, ramp(tf)),
  Sub: (tf, x) => tf.sub(x, ramp(tf)),
  Sum: (tf, x) => tf.sum(x, [1, 2]),
  Tan: (tf, x) => tf.tan(x),
  Tanh: (tf, x) => tf.tanh(x),
  Tile: (tf, x) => tf.mul(tf.tile(tf.slice(x, [0, 0, 0, 0], [2, 3, 6, 4]), [1, 2, 1, 1]), ramp(tf)),
  Transpose: (tf, x) => tf.mul(tf.transpose(x, [0, 3, 1, 2]), tf.reshape(ramp(tf), [2, 4, 6, 6])),
  Unpack: (tf, x) => tf.mul(...(tf.unstack(tf.slice(x, [0, 0, 0, 0], [2, 2, 6, 4]), 1) as [Tensor, Tensor])),
  ZerosLike: (tf, x) => tf.add(x, tf.zerosLike(x)),
  _FusedMatMul: (tf, x) => tf.fused.matMul({ a: x, b: tf.reshape(tf.linspace(-1, 1, 12), [4, 3]), bias: tf.tensor1d([1, 2, 3]), activation: 'elu' }),
};

/** Linear ones whose gradient TF.js gets wrong or does not have. */
const linear: Record<string, F> = {
  CropAndResize: (tf, x) =>
    tf.image.cropAndResize(x, tf.tensor2d([[0.1, 0.2, 0.9, 0.8], [0.1, 0.2, 0.9, 0.8]]), tf.tensor1d([0, 1], 'int32'), [4, 7], 'bilinear'),
  Cumsum: (tf, x) => tf.cumsum(x, 1, true, true),
  DepthToSpace: (tf, x) => tf.mul(tf.depthToSpace(x, 2), tf.reshape(ramp(tf), [2, 12, 12, 1])),
  MirrorPad: (tf, x) => tf.mirrorPad(x, [[0, 0], [2, 1], [0, 3], [0, 0]], 'reflect'),
  ResizeBilinear: (tf, x) => tf.image.resizeBilinear(x, [9, 9], false, true),
  ResizeNearestNeighbor: (tf, x) => tf.image.resizeNearestNeighbor(x, [3, 3]),
  StridedSlice: (tf, x) => tf.stridedSlice(x, [0, 4, 0, 0], [2, 0, 6, 4], [1, -2, 3, 1], 0, 2),
};

const notDifferentiable: Record<string, F> = {
  ArgMax: (tf, x) => asFloat(tf, tf.argMax(x, 3)),
  ArgMin: (tf, x) => asFloat(tf, tf.argMin(x, 1)),
  Ceil: (tf, x) => tf.ceil(tf.mul(x, 3)),
  Equal: (tf, x) => asFloat(tf, tf.equal(tf.round(tf.mul(x, 2)), 1)),
  Floor: (tf, x) => tf.floor(tf.mul(x, 3)),
  FloorDiv: (tf, x) => tf.floorDiv(tf.mul(x, 5), tf.add(ramp(tf), 1.5)),
  Greater: (tf, x) => asFloat(tf, tf.greater(x, ramp(tf))),
  GreaterEqual: (tf, x) => asFloat(tf, tf.greaterEqual(x, ramp(tf))),
  Less: (tf, x) => asFloat(tf, tf.less(x, ramp(tf))),
  LessEqual: (tf, x) => asFloat(tf, tf.lessEqual(x, ramp(tf))),
  LogicalAnd: (tf, x) => asFloat(tf, tf.logicalAnd(tf.less(x, half(tf)), tf.greater(x, -0.5))),
  LogicalNot: (tf, x) => asFloat(tf, tf.logicalNot(tf.less(x, half(tf)))),
  LogicalOr: (tf, x) => asFloat(tf, tf.logicalOr(tf.greater(x, half(tf)), tf.less(x, -0.5))),
  NotEqual: (tf, x) => asFloat(tf, tf.notEqual(tf.round(tf.mul(x, 2)), 1)),
  Round: (tf, x) => tf.round(tf.mul(x, 3)),
  Sign: (tf, x) => tf.sign(x),
  Step: (tf, x) => tf.step(x, 0.25),
};

const rowsOf = (functions: Record<string, F>, gradient: KernelRow['gradient']): KernelRow[] =>
  Object.entries(functions).map(([kernel, f]) => ({ kernel, f, gradient }));

export const kernelRows: readonly KernelRow[] = [
  ...rowsOf(differentiable, 'eager'),
  ...rowsOf(linear, 'linear'),
  ...rowsOf(notDifferentiable, 'none'),
];
