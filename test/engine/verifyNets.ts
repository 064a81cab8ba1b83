import type { Attributes, Value } from '../../src/graph/ir.ts';
import type { NetBuilder } from './models.ts';

type Body = (net: NetBuilder, x: Value) => Value;
type Middle = (net: NetBuilder, h: Value) => Value;

const [channels, side] = [2, 4];
const features = channels * side * side;

/** x -> dense -> the op -> dense: all of the gradient passes through the op. */
const features32 =
  (middle: Middle): Body =>
  (net, x) =>
    net.dense(net.flat(middle(net, net.dense(x, features))), 5);

/** The same, with the op on [N, 2, 4, 4]. */
const image = (middle: Middle): Body =>
  features32((net, h) => middle(net, net.reshape(h, [h.shape[0]!, channels, side, side])));

const unary = (op: string, attributes: Attributes = {}): Body => features32((net, h) => net.op(op, [h], attributes));
/** Values kept inside an interval by a sigmoid. */
const inside = (op: string, low: number, high: number): Body =>
  features32((net, h) => net.op(op, [net.add(net.mul(net.op('Sigmoid', [h]), high - low), low)]));
const binary = (op: string): Body => features32((net, h) => net.op(op, [h, net.dense(h, features)]));
const positive = (net: NetBuilder, h: Value): Value => net.add(net.op('Sigmoid', [h]), 0.5);
const reduce = (op: string): Body => image((net, h) => net.op(op, [h], { axes: [2, 3], keepdims: 0 }));
const indices = (net: NetBuilder, h: Value): Value => {
  const order = Array.from({ length: h.shape[0]! * features }, (_, i) => BigInt((i * 7) % features));
  return net.graph.constant(BigInt64Array.from(order), [h.shape[0]!, features], 'int64');
};
/** A softmax over eight neighbours each: what lies before it cannot be moved past it. */
const inGroups = (net: NetBuilder, h: Value): Value =>
  net.op('Softmax', [net.op('Reshape', [h], { shape: [h.shape[0]!, features / 8, 8] })], { axis: 2 });
const pool = { kernel_shape: [2, 2], strides: [2, 2] };

/** A net for each VJP rule. */
export const nets: Readonly<Record<string, Body>> = {
  Cast: unary('Cast', { to: 'float32' }),
  Add: binary('Add'),
  Sub: binary('Sub'),
  Mul: binary('Mul'),
  Div: features32((net, h) => net.op('Div', [h, positive(net, net.dense(h, features))])),
  Pow: features32((net, h) => net.op('Pow', [positive(net, h), 1.5])),
  Mod: features32((net, h) => net.op('Mod', [net.add(positive(net, h), 3), net.graph.scalar(2.5)], { fmod: 1 })),
  Max: binary('Max'),
  Min: binary('Min'),
  Where: features32((net, h) => net.where(net.op('Greater', [h, 0]), net.mul(h, 2), net.mul(h, -1))),
  Neg: unary('Neg'),
  Abs: unary('Abs'),
  Exp: unary('Exp'),
  Log: inside('Log', 0.5, 2),
  Sqrt: inside('Sqrt', 0.5, 2),
  Reciprocal: inside('Reciprocal', 0.5, 2),
  Erf: unary('Erf'),
  Sin: unary('Sin'),
  Cos: unary('Cos'),
  Tan: inside('Tan', -1, 1),
  Asin: inside('Asin', -0.8, 0.8),
  Acos: inside('Acos', -0.8, 0.8),
  Atan: unary('Atan'),
  Sinh: unary('Sinh'),
  Cosh: unary('Cosh'),
  Asinh: unary('Asinh'),
  Acosh: inside('Acosh', 1.2, 2.5),
  Atanh: inside('Atanh', -0.8, 0.8),
  Relu: unary('Relu'),
  LeakyRelu: unary('LeakyRelu', { alpha: 0.2 }),
  PRelu: features32((net, h) => net.op('PRelu', [h, net.weights([features], 0.3)])),
  Elu: unary('Elu'),
  Selu: unary('Selu'),
  Sigmoid: unary('Sigmoid'),
  HardSigmoid: unary('HardSigmoid', { alpha: 0.2, beta: 0.5 }),
  Softplus: unary('Softplus'),
  Softsign: unary('Softsign'),
  Tanh: unary('Tanh'),
  Clip: unary('Clip', { min: -1, max: 1 }),
  Softmax: unary('Softmax', { axis: 1 }),
  LogSoftmax: unary('LogSoftmax', { axis: 1 }),
  LayerNormalization: features32((net, h) =>
    net.op('LayerNormalization', [h, net.weights([features], 1), net.weights([features], 1)], { axis: 1, epsilon: 1e-5 }),
  ),
  MatMul: (net, x) => net.dense(x, 5),
  Conv: image((net, h) =>
    net.op('Conv', [h, net.weights([3, channels, 3, 3], 0.3), net.weights([3], 0.1)], { pads: [1, 1, 1, 1] }),
  ),
  ConvTranspose: image((net, h) =>
    net.op('ConvTranspose', [h, net.weights([channels, 3, 2, 2], 0.3)], { strides: [2, 2] }),
  ),
  MaxPool: image((net, h) => net.op('MaxPool', [h], pool)),
  AveragePool: image((net, h) => net.op('AveragePool', [h], pool)),
  GlobalAveragePool: image((net, h) => net.op('GlobalAveragePool', [h])),
  GlobalMaxPool: image((net, h) => net.op('GlobalMaxPool', [h])),
  ReduceSum: reduce('ReduceSum'),
  ReduceMean: reduce('ReduceMean'),
  ReduceMax: reduce('ReduceMax'),
  ReduceMin: reduce('ReduceMin'),
  ReduceProd: features32((net, h) =>
    net.op('ReduceProd', [positive(net, net.reshape(h, [h.shape[0]!, features / 4, 4]))], { axes: [2], keepdims: 0 }),
  ),
  CumSum: unary('CumSum', { axis: 1 }),
  TopK: unary('TopK', { k: 8, axis: 1 }),
  Reshape: features32((net, h) => inGroups(net, h)),
  Transpose: image((net, h) => inGroups(net, net.op('Transpose', [h], { perm: [0, 2, 3, 1] }))),
  Concat: features32((net, h) => net.op('Concat', [h, net.op('Tanh', [h])], { axis: 1 })),
  Split: features32((net, h) => {
    const [a, b] = net.op('Split', [h], { axis: 1, split: [10, 22] }).node.outputs;
    return net.op('Concat', [b!, a!], { axis: 1 });
  }),
  Slice: unary('Slice', { starts: [2], ends: [30], axes: [1], steps: [2] }),
  Pad: image((net, h) => net.op('Pad', [h], { mode: 'constant', pads: [0, 0, 1, 1, 0, 0, 0, 2] })),
  Expand: features32((net, h) =>
    net.op('Expand', [net.reshape(h, [h.shape[0]!, 1, features])], { shape: [h.shape[0]!, 3, features] }),
  ),
  Tile: unary('Tile', { repeats: [1, 2] }),
  Gather: features32((net, h) =>
    net.op('Gather', [h, net.graph.constant(BigInt64Array.of(3n, 1n, 3n, 20n), [4], 'int64')], { axis: 1 }),
  ),
  GatherElements: features32((net, h) => net.op('GatherElements', [h, indices(net, h)], { axis: 1 })),
  ScatterElements: features32((net, h) =>
    net.op('ScatterElements', [net.zeros(h.shape), indices(net, h), h], { axis: 1, reduction: 'add' }),
  ),
  Resize: image((net, h) =>
    net.op('Resize', [h], {
      sizes: [h.shape[0]!, channels, 8, 8],
      mode: 'nearest',
      coordinate_transformation_mode: 'asymmetric',
      nearest_mode: 'floor',
    }),
  ),
  DepthToSpace: image((net, h) => net.op('DepthToSpace', [net.op('Concat', [h, h], { axis: 1 })], { blocksize: 2 })),
  SpaceToDepth: image((net, h) => net.op('SpaceToDepth', [h], { blocksize: 2 })),
};
