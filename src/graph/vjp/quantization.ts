import { int } from '../attributes.ts';
import type { Value } from '../ir.ts';
import { asFloat, beside, centred, integerEnds } from '../quantization.ts';
import { windowOf } from '../window.ts';
import { slidBack } from './convolution.ts';
import { flip } from './matmul.ts';
import { perInput, type Application, type VjpRule } from './rule.ts';

/** A value goes into the end of the range if it is no farther than half a step beyond, and a rounding error. */
const halfStep = 0.5 + 1e-3;

/** The cotangent of a result before it was brought into its type's range, which passes none at its ends. */
function unsaturated(at: Application): Value {
  const { g, node, dy } = at;
  const [result] = node.outputs as readonly [Value];
  const [low, high] = integerEnds[result.dtype] as readonly [number, number];
  const y = asFloat(g, result);
  const inside = g.op('And', [g.op('Greater', [y, low]), g.op('Less', [y, high])]);
  return g.where(inside, dy, 0);
}

/** dy in steps of the result, in steps of a product of what the two scales measure. */
function rescaled(at: Application, axis: number, own: number, other: number, result: number): Value {
  const { g, node } = at;
  const inputs = node.inputs as readonly Value[];
  const dy = unsaturated(at);
  const of = (i: number): Value => beside(g, inputs[i] as Value, dy, axis);
  return g.mul(dy, g.div(g.mul(of(own), of(other)), of(result)));
}

/**
 * Straight-through estimates (BPDA, Athalye et al. 2018, arXiv:1802.00420): rounding passes a cotangent as it is, the
 * rest is differentiated, with the weights as the integers have them. What lies beyond the integers' range passes none;
 * of a result whose value before rounding is not kept, neither does what lies at its ends. A scale or zero point that
 * depends on the input counts as fixed: what is quantised by it is taken back by it.
 */
export const quantizationRules: Record<string, VjpRule> = {
  QuantizeLinear: ({ g, node, dy, inputs: [x, scale, zeroPoint], attributes }, input) => {
    if (input !== 0) return undefined;
    const axis = int(attributes, 'axis', 1);
    const steps = beside(g, scale, x, axis);
    const cut = g.sub(g.add(g.div(x, steps), beside(g, zeroPoint, x, axis)), asFloat(g, node.outputs[0] as Value));
    return g.where(g.op('LessOrEqual', [g.op('Abs', [cut]), halfStep]), g.div(dy, steps), 0);
  },
  DequantizeLinear: ({ g, dy, inputs: [x, scale], attributes }, input) =>
    input === 0 ? g.mul(dy, beside(g, scale, x, int(attributes, 'axis', 1))) : undefined,
  /** Its range holds every value. */
  DynamicQuantizeLinear: ({ g, node, dys: [dy] }) => dy && g.div(dy, node.outputs[1] as Value),

  QLinearConv: (at, input) => {
    if (input !== 0) return undefined;
    const { g, node, attributes } = at;
    const [x, , , w, , wZero] = node.inputs as readonly [Value, Value, Value, Value, Value, Value];
    const filter = centred(g, w, wZero, 0);
    return slidBack(g, rescaled(at, 1, 1, 4, 6), filter, windowOf(attributes, w.shape.slice(2)), x.shape);
  },
  QLinearMatMul: (at, input) => {
    const { g, node } = at;
    const [a, , aZero, b, , bZero] = node.inputs as readonly [Value, Value, Value, Value, Value, Value];
    if (input !== 0 && input !== 3) return undefined;
    const dy = rescaled(at, -1, 1, 4, 6);
    return input === 0
      ? g.sumTo(g.op('MatMul', [dy, flip(g, centred(g, b, bZero, -1))]), a.shape)
      : g.sumTo(g.op('MatMul', [flip(g, centred(g, a, aZero, -2)), dy]), b.shape);
  },
  ConvInteger: ({ g, node, dy, attributes }, input) => {
    if (input !== 0) return undefined;
    const [x, w, , wZero] = node.inputs as readonly [Value, Value, Value, Value];
    return slidBack(g, dy, centred(g, w, wZero, 0), windowOf(attributes, w.shape.slice(2)), x.shape);
  },
  MatMulInteger: perInput(
    ({ g, dy, node: { inputs } }) => g.op('MatMul', [dy, flip(g, centred(g, inputs[1] as Value, inputs[3] as Value, -1))]),
    ({ g, dy, node: { inputs } }) => g.op('MatMul', [flip(g, centred(g, inputs[0] as Value, inputs[2] as Value, -2)), dy]),
  ),
};
