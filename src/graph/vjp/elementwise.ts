import type { Node } from '../ir.ts';
import { perInput, times, zero, type VjpRule } from './rule.ts';

/** A Cast that cuts off what lies behind the point. */
export const rounds = ({ op, inputs, outputs }: Node): boolean =>
  op === 'Cast' && inputs[0]?.dtype === 'float32' && outputs[0]?.dtype !== 'float32';

/** Arithmetic, value by value. Where two inputs of Max or Min tie, the first takes the gradient, as in TF.js. */
export const elementwiseRules: Record<string, VjpRule> = {
  Identity: ({ dy }) => dy,
  /** To whole numbers it is a staircase. */
  Cast: ({ dy, node }) => (rounds(node) ? undefined : dy),
  Add: perInput(
    ({ dy }) => dy,
    ({ dy }) => dy,
  ),
  Sub: perInput(
    ({ dy }) => dy,
    ({ g, dy }) => g.op('Neg', [dy]),
  ),
  Mul: perInput(
    ({ g, dy, inputs: [, b] }) => g.mul(dy, b),
    ({ g, dy, inputs: [a] }) => g.mul(dy, a),
  ),
  Div: perInput(
    ({ g, dy, inputs: [, b] }) => g.div(dy, b),
    ({ g, dy, y, inputs: [, b] }) => g.op('Neg', [g.mul(dy, g.div(y, b))]),
  ),
  /** The exponent's gradient is 0 where the base is not positive. */
  Pow: perInput(
    ({ g, dy, inputs: [a, b] }) => g.mul(dy, g.mul(b, g.op('Pow', [a, g.sub(b, 1)]))),
    ({ g, dy, y, inputs: [a] }) => {
      const positive = g.op('Greater', [a, 0]);
      return g.mul(dy, g.where(positive, g.mul(y, g.op('Log', [g.where(positive, a, 1)])), 0));
    },
  ),
  /** a − b · ⌊a / b⌋, however the quotient is rounded. */
  Mod: perInput(
    ({ dy }) => dy,
    ({ g, dy, y, inputs: [a, b] }) => g.mul(dy, g.div(g.sub(y, a), b)),
  ),
  Max: perInput(
    ({ g, dy, inputs: [a, b] }) => g.where(g.op('GreaterOrEqual', [a, b]), dy, 0),
    ({ g, dy, inputs: [a, b] }) => g.where(g.op('Less', [a, b]), dy, 0),
  ),
  Min: perInput(
    ({ g, dy, inputs: [a, b] }) => g.where(g.op('LessOrEqual', [a, b]), dy, 0),
    ({ g, dy, inputs: [a, b] }) => g.where(g.op('Greater', [a, b]), dy, 0),
  ),
  Where: ({ g, dy, inputs: [condition, a, b] }, input) =>
    input === 1 ? g.sumTo(g.where(condition, dy, 0), a.shape) : g.sumTo(g.where(condition, 0, dy), b.shape),

  Neg: ({ g, dy }) => g.op('Neg', [dy]),
  Abs: times(({ g, inputs: [x] }) => g.op('Sign', [x])),
  Exp: times(({ y }) => y),
  Log: ({ g, dy, inputs: [x] }) => g.div(dy, x),
  Sqrt: ({ g, dy, y }) => g.div(dy, g.mul(2, y)),
  Reciprocal: times(({ g, y }) => g.op('Neg', [g.mul(y, y)])),
  Erf: times(({ g, inputs: [x] }) => g.mul(2 / Math.sqrt(Math.PI), g.op('Exp', [g.op('Neg', [g.mul(x, x)])]))),
  Sin: times(({ g, inputs: [x] }) => g.op('Cos', [x])),
  Cos: times(({ g, inputs: [x] }) => g.op('Neg', [g.op('Sin', [x])])),
  Tan: times(({ g, y }) => g.add(1, g.mul(y, y))),
  Asin: ({ g, dy, inputs: [x] }) => g.div(dy, g.op('Sqrt', [g.sub(1, g.mul(x, x))])),
  Acos: ({ g, dy, inputs: [x] }) => g.op('Neg', [g.div(dy, g.op('Sqrt', [g.sub(1, g.mul(x, x))]))]),
  Atan: ({ g, dy, inputs: [x] }) => g.div(dy, g.add(1, g.mul(x, x))),
  Sinh: times(({ g, inputs: [x] }) => g.op('Cosh', [x])),
  Cosh: times(({ g, inputs: [x] }) => g.op('Sinh', [x])),
  Asinh: ({ g, dy, inputs: [x] }) => g.div(dy, g.op('Sqrt', [g.add(g.mul(x, x), 1)])),
  Acosh: ({ g, dy, inputs: [x] }) => g.div(dy, g.op('Sqrt', [g.sub(g.mul(x, x), 1)])),
  Atanh: ({ g, dy, inputs: [x] }) => g.div(dy, g.sub(1, g.mul(x, x))),

  Sign: zero,
  Floor: zero,
  Ceil: zero,
  Round: zero,
};
