import { int } from '../attributes.ts';
import type { Builder } from '../builder.ts';
import type { Value } from '../ir.ts';
import { times, type VjpRule } from './rule.ts';

const seluAlpha = 1.67326319217681884765625;
const seluGamma = 1.05070102214813232421875;

/** 2¹²⁶: the smallest normal float, 2⁻¹²⁶, times this is 1. */
const steepest = 2 ** 126;

const ramp = (g: Builder, x: Value, alpha: number, beta: number): Value => g.op('HardSigmoid', [x], { alpha, beta });

/** Distance from a float32 to its neighbour below, or above: a power of two. Its reciprocal must be a float too. */
function gap(value: number, up: boolean): number {
  const exponent = Math.max(-102, Math.floor(Math.log2(Math.abs(value))));
  const atPower = Math.abs(value) === 2 ** exponent && up === value < 0;
  return 2 ** (exponent - 23 - (atPower ? 1 : 0));
}

/**
 * 1 where x > 0, else 0, as a HardSigmoid so steep that no normal float lies on its slope: max(0, min(1, 2¹²⁶ x)).
 * It keeps ONNX Runtime's blocked layout, where Greater, Sign and Where would leave it.
 */
const above0 = (g: Builder, x: Value): Value => ramp(g, x, steepest, 0);

/** 1 where x < end, else 0: a slope of one float's width. Exact, because the slope is a power of two. */
function below(g: Builder, x: Value, end: number): Value {
  const width = gap(end, false);
  return end === 0 ? ramp(g, x, -steepest, 0) : ramp(g, x, -1 / width, end / width);
}

/** 1 where x ≤ end, else 0. */
function atMost(g: Builder, x: Value, end: number): Value {
  const width = gap(end, true);
  return end === 0 ? ramp(g, x, -steepest, 1) : ramp(g, x, -1 / width, end / width + 1);
}

/** 1 where x ≥ end, else 0. */
function atLeast(g: Builder, x: Value, end: number): Value {
  const width = gap(end, false);
  return end === 0 ? ramp(g, x, steepest, 1) : ramp(g, x, 1 / width, 1 - end / width);
}

/** Activations of neural networks. At a kink: what TF.js does. */
export const activationRules: Record<string, VjpRule> = {
  Relu: times(({ g, y }) => above0(g, y)),
  LeakyRelu: times(({ g, inputs: [x], attributes }) => {
    const alpha = int(attributes, 'alpha', 0.01);
    return g.add(g.mul(above0(g, x), 1 - alpha), alpha);
  }),
  PRelu: ({ g, inputs: [x, slope], dy }, input) => {
    const negative = g.op('Min', [x, 0]);
    if (input === 1) return g.sumTo(g.mul(dy, negative), slope.shape);
    return g.where(g.op('Greater', [x, 0]), dy, g.mul(dy, slope));
  },
  Elu: times(({ g, inputs: [x], y, attributes }) =>
    g.where(g.op('Greater', [x, 0]), 1, g.add(y, int(attributes, 'alpha', 1))),
  ),
  Selu: times(({ g, inputs: [x], y, attributes }) => {
    const [alpha, gamma] = [int(attributes, 'alpha', seluAlpha), int(attributes, 'gamma', seluGamma)];
    return g.where(g.op('Greater', [x, 0]), gamma, g.add(y, alpha * gamma));
  }),
  Sigmoid: times(({ g, y }) => g.mul(y, g.sub(1, y))),
  HardSigmoid: times(({ g, y, attributes }) => {
    const inside = g.mul(above0(g, y), below(g, y, 1));
    return g.mul(inside, int(attributes, 'alpha', 0.2));
  }),
  Softplus: times(({ g, inputs: [x] }) => g.op('Sigmoid', [x])),
  Softsign: times(({ g, y }) => {
    const rest = g.sub(1, g.op('Abs', [y]));
    return g.mul(rest, rest);
  }),
  Tanh: times(({ g, y }) => g.sub(1, g.mul(y, y))),
  /** The ends are included, as in clipByValue: pixels lie there. Those of a ReLU with a maximum are not. */
  Clip: ({ g, inputs: [x], y, dy, attributes }) => {
    const { min, max } = attributes as { min?: number; max?: number };
    const rectifies = min === 0 && int(attributes, 'rectifies', 0) === 1;
    const lower = min === undefined ? dy : g.mul(dy, rectifies ? above0(g, y) : atLeast(g, x, min));
    return max === undefined ? lower : g.mul(lower, rectifies ? below(g, y, max) : atMost(g, x, max));
  },
  Softmax: ({ g, y, dy, attributes }) => {
    const axis = int(attributes, 'axis', -1);
    return g.mul(y, g.sub(dy, g.sum(g.mul(dy, y), [axis])));
  },
  LogSoftmax: ({ g, y, dy, attributes }) => {
    const axis = int(attributes, 'axis', -1);
    return g.sub(dy, g.mul(g.op('Exp', [y]), g.sum(dy, [axis])));
  },
};
