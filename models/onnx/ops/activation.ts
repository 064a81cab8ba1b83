import { axisOf, range, sizeOf } from '../../../src/graph/broadcast.ts';
import type { Value } from '../../../src/graph/ir.ts';
import type { Importers } from '../importer.ts';
import { formula, same, type Formula } from './formula.ts';

/** Neural networks' activations. */
export const activationOps: Importers = {
  ...same('Relu Sigmoid Tanh Softplus Softsign'),
  ...same('LeakyRelu', { alpha: 0.01 }),
  ...same('Elu', { alpha: 1 }),
  ...same('Selu', { alpha: 1.67326319217681884765625, gamma: 1.05070102214813232421875 }),
  ...same('HardSigmoid', { alpha: 0.2, beta: 0.5 }),
  /** A vector of slopes is one for each channel to opset 6; it broadcasts since. */
  PRelu: formula(({ g, x, node }) => {
    const slope = node.input(1);
    const each = node.opset < 7 && slope.shape.length === 1 && x.shape.length > 2;
    return g.op('PRelu', [x, each ? g.reshape(slope, [...slope.shape, ...x.shape.slice(2).map(() => 1)]) : slope]);
  }),
  Celu: formula(({ g, x, node }) => {
    const alpha = node.float('alpha', 1);
    return g.mul(g.op('Elu', [g.div(x, alpha)], { alpha: 1 }), alpha);
  }),
  Gelu: formula(({ g, x, node }) => {
    const approximate = node.text('approximate', 'none');
    if (approximate === 'none') return g.mul(g.mul(x, g.add(g.op('Erf', [g.div(x, Math.SQRT2)]), 1)), 0.5);
    if (approximate !== 'tanh') throw node.unsupported(`approximate: expected none or tanh, found ${approximate}`);
    const inner = g.mul(g.add(x, g.mul(g.mul(g.mul(x, x), x), 0.044715)), Math.sqrt(2 / Math.PI));
    return g.mul(g.mul(x, g.add(g.op('Tanh', [inner]), 1)), 0.5);
  }),
  Mish: formula(({ g, x }) => g.mul(x, g.op('Tanh', [g.op('Softplus', [x])]))),
  Swish: formula(({ g, x, node }) => {
    const alpha = node.float('alpha', 1);
    return g.mul(x, g.op('Sigmoid', [alpha === 1 ? x : g.mul(x, alpha)]));
  }),
  HardSwish: formula(({ g, x }) => g.mul(x, g.op('HardSigmoid', [x], { alpha: 1 / 6, beta: 0.5 }))),
  ThresholdedRelu: formula(({ g, x, node }) => g.where(g.op('Greater', [x, node.float('alpha', 1)]), x, 0)),
  /** Values within ±lambd vanish, the others come nearer by bias. */
  Shrink: formula(({ g, x, node }) => {
    const [lambda, bias] = [node.float('lambd', 0.5), node.float('bias', 0)];
    const above = g.where(g.op('Greater', [x, lambda]), g.sub(x, bias), 0);
    return g.where(g.op('Less', [x, -lambda]), g.add(x, bias), above);
  }),
  Clip: formula(clip),
  Softmax: formula((at) => normalised(at, 'Softmax')),
  LogSoftmax: formula((at) => normalised(at, 'LogSoftmax')),
  /** 1 at the first of the largest, else 0. */
  Hardmax: formula((at) =>
    alongOne(at, (x, axis) => {
      const { g } = at;
      const places = BigInt64Array.from(range(0, x.shape[axis] as number), BigInt);
      const along = g.graph.constant(places, x.shape.map((n, i) => (i === axis ? n : 1)), 'int64');
      return g.indicator(g.op('Equal', [along, g.op('ArgMax', [x], { axis, keepdims: 1 })]));
    }),
  ),
};

const normalised = (at: Formula, op: string): Value => alongOne(at, (x, axis) => at.g.op(op, [x], { axis }));

/** Applies along one axis; before opset 13 along all axes from that one on, as if they were one. */
function alongOne({ g, x, node }: Formula, apply: (x: Value, axis: number) => Value): Value {
  const rank = x.shape.length;
  if (node.opset >= 13) return apply(x, axisOf(node.int('axis', -1), rank));
  const axis = axisOf(node.int('axis', 1), rank);
  if (axis === rank - 1) return apply(x, axis);
  const matrix = [sizeOf(x.shape.slice(0, axis)), sizeOf(x.shape.slice(axis))];
  return g.reshape(apply(g.reshape(x, matrix), 1), x.shape);
}

/** Bounds are attributes to opset 10, then inputs; those of integers or not known beforehand become Max and Min. */
function clip({ g, x, node, into }: Formula): Value {
  if (node.opset < 11) {
    const at = (end: string): number | undefined => (node.has(end) ? bound(node.float(end)) : undefined);
    return g.op('Clip', [x], { min: at('min'), max: at('max') });
  }
  const [, min, max] = node.inputs;
  if (x.dtype === 'float32' && [min, max].every((end) => !end || into.isKnown(end))) {
    const at = (end: Value | undefined): number | undefined => bound(end && into.numbers(end)[0]);
    return g.op('Clip', [x], { min: at(min), max: at(max) });
  }
  const raised = min ? g.op('Max', [x, min]) : x;
  return max ? g.op('Min', [raised, max]) : raised;
}

/** No float lies beyond the largest: some exporters write it, or infinity, for no bound. */
const bound = (end: number | undefined): number | undefined =>
  end === undefined || Math.abs(end) >= 3.4028234663852886e38 ? undefined : end;
